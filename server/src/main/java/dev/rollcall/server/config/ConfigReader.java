package dev.rollcall.server.config;

import dev.rollcall.server.config.ServerConfig.DiskRoom;
import dev.rollcall.server.config.ServerConfig.HttpApi;
import dev.rollcall.server.config.ServerConfig.Listener;
import dev.rollcall.server.config.ServerConfig.Output;
import dev.rollcall.server.config.ServerConfig.Timing;
import dev.rollcall.store.ChangeLogRetention;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts a node's settings together: a flag wins over the environment, which wins over the file,
 * which wins over the default. Whatever is unknown or malformed is refused in one line that names
 * where it was written.
 */
public final class ConfigReader {
  private static final String NONE = "none";
  private static final Pattern DURATION = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB)?");

  /** An environment is shared with other programs, so only what is a clear slip is refused. */
  private static final int ENVIRONMENT_EDITS_MAX = 2;

  private final Map<Setting, Written> values = new EnumMap<>(Setting.class);

  private ConfigReader() {}

  /** A value and where it was written. */
  private record Written(String text, String where) {}

  /**
   * Reads a command line, with the environment and the file that it names.
   *
   * @throws StartFailure with {@link ExitCode#USAGE}
   */
  public static Invocation read(List<String> arguments, Map<String, String> environment) {
    if (!arguments.isEmpty() && arguments.getFirst().equals(RecoverFlags.VERB)) {
      return new RecoverFlags().read(arguments.subList(1, arguments.size()));
    }
    if (!arguments.isEmpty() && arguments.getFirst().equals(SnapshotFlags.VERB)) {
      return new SnapshotFlags()
          .read(arguments.subList(1, arguments.size()), rest -> read(rest, environment));
    }
    Flags.Written flags = new Flags().read(arguments);
    if (flags.print().isPresent()) {
      return new Invocation.Print(flags.print().get());
    }
    var reader = new ConfigReader();
    // The first to say something wins.
    flags.values().forEach((setting, text) -> reader.offer(setting, text, setting.flag()));
    reader.offerEnvironment(environment);
    Written file = reader.values.get(Setting.CONFIG);
    if (file != null) {
      Path path = reader.value(Setting.CONFIG, Path::of);
      ConfigFile.read(path)
          .forEach((setting, text) -> reader.offer(setting, text, setting.key() + " in " + path));
    }
    for (Setting setting : Setting.values()) {
      if (!setting.fallback().isEmpty()) {
        reader.offer(setting, setting.fallback(), "default of " + setting.key());
      }
    }
    return new Invocation.Run(reader.config());
  }

  private void offerEnvironment(Map<String, String> environment) {
    for (Setting setting : Setting.values()) {
      String text = environment.get(setting.environmentName());
      if (text != null) {
        offer(setting, text, setting.environmentName());
      }
    }
    List<String> known = Arrays.stream(Setting.values()).map(Setting::environmentName).toList();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith("ROLLCALL_") && !known.contains(name)) {
        Nearest.to(name, known, ENVIRONMENT_EDITS_MAX).ifPresent(near -> refuseSlip(name, near));
      }
    }
  }

  private static void refuseSlip(String name, String near) {
    throw new StartFailure(
        ExitCode.USAGE,
        "unknown environment variable " + name,
        "did you mean " + near + "? (registryd --help lists all)");
  }

  private void offer(Setting setting, String text, String where) {
    values.putIfAbsent(setting, new Written(text, where));
  }

  private ServerConfig config() {
    return new ServerConfig(
        value(Setting.DATA_DIR, ConfigReader::path),
        new Listener(
            value(Setting.CLIENT_LISTEN, HostPort::parse),
            optional(Setting.CLIENT_ADVERTISE, ConfigReader::advertised)),
        new Listener(
            value(Setting.PEER_LISTEN, HostPort::parse),
            optional(Setting.PEER_ADVERTISE, ConfigReader::advertised)),
        value(Setting.HTTP_LISTEN, HostPort::parse),
        value(Setting.HTTP_APIS, ConfigReader::httpApis),
        optional(Setting.MEMBERS, ConfigReader::addresses).orElse(List.of()),
        optional(Setting.JOIN, ConfigReader::advertised),
        new Timing(
            value(Setting.TICK, ConfigReader::duration),
            value(Setting.HEARTBEAT_INTERVAL, ConfigReader::duration),
            value(Setting.ELECTION_TIMEOUT, ConfigReader::duration)),
        value(Setting.REQUESTS_IN_FLIGHT_MAX, ConfigReader::count),
        value(Setting.LOG_SEGMENT_SIZE, ConfigReader::bytes),
        new ChangeLogRetention(
            value(Setting.CHANGE_LOG_AGE, ConfigReader::duration).toMillis(),
            value(Setting.CHANGE_LOG_REVISIONS, ConfigReader::positiveCount),
            value(Setting.CHANGE_LOG_BYTES, ConfigReader::positiveBytes)),
        new DiskRoom(
            value(Setting.DISK_LOW, ConfigReader::bytes),
            value(Setting.DISK_RESERVE, ConfigReader::bytes)),
        new Output(
            value(Setting.LOG_LEVEL, text -> constant(Output.Level.class, text)),
            value(Setting.LOG_FORMAT, text -> constant(Output.Format.class, text))));
  }

  private <T> Optional<T> optional(Setting setting, Function<String, T> parser) {
    Written written = values.get(setting);
    return written == null || written.text().isBlank()
        ? Optional.empty()
        : Optional.of(value(setting, parser));
  }

  private <T> T value(Setting setting, Function<String, T> parser) {
    Written written = values.get(setting);
    if (written == null || written.text().isBlank()) {
      throw new StartFailure(
          ExitCode.USAGE,
          (written == null ? setting.key() : written.where()) + " is empty",
          "give it a " + setting.label() + " or leave it out");
    }
    try {
      return parser.apply(written.text().strip());
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          ExitCode.USAGE,
          written.where() + ": " + e.getMessage(),
          "give " + setting.label() + ", see registryd --help",
          e);
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: '" + text + "'", e);
    }
  }

  private static HostPort advertised(String text) {
    HostPort address = HostPort.parse(text);
    if (address.port() == 0 || address.isWildcard()) {
      throw new IllegalArgumentException("not an address to connect to: '" + text + "'");
    }
    return address;
  }

  private static List<HostPort> addresses(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).map(HostPort::parse).toList();
  }

  private static Set<HttpApi> httpApis(String text) {
    var apis = EnumSet.noneOf(HttpApi.class);
    if (!text.equals(NONE)) {
      for (String name : text.split(",", -1)) {
        apis.add(constant(HttpApi.class, name.strip()));
      }
    }
    return apis;
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration such as 20ms or 1.5s: '" + text + "'");
    }
    long unitNanos = matcher.group(2).equals("ms") ? 1_000_000L : 1_000_000_000L;
    try {
      return Duration.ofNanos(
          new BigDecimal(matcher.group(1))
              .multiply(BigDecimal.valueOf(unitNanos))
              .longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("duration too long or too fine: '" + text + "'", e);
    }
  }

  private static int count(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("not a whole number: '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private static int positiveCount(String text) {
    int count = count(text);
    if (count == 0) {
      throw new IllegalArgumentException("not a whole number from 1 on: '" + text + "'");
    }
    return count;
  }

  private static long positiveBytes(String text) {
    long bytes = bytes(text);
    if (bytes == 0) {
      throw new IllegalArgumentException("not a size from 1 on: '" + text + "'");
    }
    return bytes;
  }

  private static long bytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a size such as 1048576 or 64MiB: '" + text + "'");
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    long count = Long.parseLong(matcher.group(1));
    if (count > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("size too large: '" + text + "'");
    }
    return count << shift;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
        return constant;
      }
    }
    String all =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .toList()
            .toString();
    throw new IllegalArgumentException("not one of " + all + ": '" + text + "'");
  }
}
