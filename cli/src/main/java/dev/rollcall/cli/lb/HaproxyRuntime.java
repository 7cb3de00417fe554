package dev.rollcall.cli.lb;

import dev.rollcall.cli.lb.LoadBalancerException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HAProxy (2.6 and newer) by its runtime API. Each session is a connection of its own: one that
 * stays open would go on speaking with the old process after a reload.
 */
public final class HaproxyRuntime implements LoadBalancer {
  /** For the connection, and for each answer: HAProxy answers within milliseconds. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final Pattern PROCESS =
      Pattern.compile("(?m)^(?:Pid|Start_time_sec): *([0-9]+) *$");

  private final String socket;
  private final SocketAddress address;
  private final String options;
  private final String tlsOptions;

  /**
   * Connects to nobody yet.
   *
   * @param socket a path, or {@code host:port}
   * @param options of each server that is added, as behind {@code server} in a configuration
   * @param tlsOptions of those to which TLS is spoken, besides
   * @throws IllegalArgumentException when the socket is neither, or an option has a line break
   */
  public HaproxyRuntime(String socket, String options, String tlsOptions) {
    this.socket = socket;
    this.address = address(socket);
    this.options = line(options);
    this.tlsOptions = line(tlsOptions);
  }

  @Override
  public Session open() {
    try {
      return new Conversation(RuntimeSocket.open(address, TIMEOUT));
    } catch (IOException e) {
      throw notOpened(e);
    }
  }

  @Override
  public String words(String backend, Step step) {
    return String.join("; ", commands(backend, step));
  }

  private List<String> commands(String backend, Step step) {
    String server = backend + "/" + HaproxyName.of(step.key());
    return switch (step) {
      case Step.Add(Server added) -> {
        String id = " id " + HaproxyName.id(added.key());
        var commands = new ArrayList<>(List.of(add(server, added, id)));
        if (added.mode() != Mode.MAINTENANCE) { // in which it is at first
          commands.addAll(turn(server, added.mode()));
        }
        yield commands;
      }
      case Step.Move(ServerKey key, InetAddress to, int port) ->
          List.of("set server " + server + " addr " + to.getHostAddress() + " port " + port);
      case Step.Weigh(ServerKey key, int weight) ->
          List.of("set server " + server + " weight " + weight);
      case Step.Switch(ServerKey key, Mode mode) -> turn(server, mode);
      case Step.Remove(ServerKey key) -> List.of("del server " + server);
    };
  }

  private String add(String server, Server added, String id) {
    String host = added.address().getHostAddress();
    String where = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + added.port();
    var command = new StringBuilder("add server " + server + " " + where);
    command.append(" weight ").append(added.weight()).append(id);
    if (added.key().isBackup()) {
      command.append(" backup");
    }
    if (added.key().isTls()) {
      command.append(" ssl ").append(tlsOptions);
    }
    return command.append(' ').append(options).toString().strip();
  }

  private List<String> turn(String server, Mode mode) {
    String turn = "set server " + server + " state " + word(mode);
    // Each time, as the conversation may have ended between the adding and this.
    return isChecked() && mode != Mode.MAINTENANCE
        ? List.of("enable health " + server, turn)
        : List.of(turn);
  }

  private boolean isChecked() {
    return List.of(options.split(" +")).contains("check");
  }

  private static String word(Mode mode) {
    return switch (mode) {
      case READY -> "ready";
      case DRAIN -> "drain";
      case MAINTENANCE -> "maint";
    };
  }

  private static SocketAddress address(String socket) {
    String place = socket.replaceFirst("^(unix|ipv4|ipv6|tcp)@", "");
    if (place.indexOf('/') >= 0) {
      return UnixDomainSocketAddress.of(place);
    }
    int colon = place.lastIndexOf(':');
    if (colon > 0 && place.substring(colon + 1).matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(place.substring(colon + 1));
      if (port > 0 && port < 1 << 16) {
        return new InetSocketAddress(place.substring(0, colon).replaceAll("^\\[|\\]$", ""), port);
      }
    }
    throw new IllegalArgumentException("neither a path with / nor HOST:PORT: '" + socket + "'");
  }

  private static String line(String options) {
    if (options.chars().anyMatch(it -> it < ' ' || it == ';')) {
      throw new IllegalArgumentException(
          "server options are one line without ';', not '" + options + "'");
    }
    return options.strip();
  }

  /** Why there is no connection, for people. */
  LoadBalancerException notOpened(IOException e) {
    String cause = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (cause.contains("permission denied")) {
      return new LoadBalancerException(
          Kind.MISCONFIGURED,
          "no right to use the socket "
              + socket
              + ": run as a member of its group, or see 'mode' and 'group' of 'stats socket'");
    }
    if (cause.contains("too long")) {
      return new LoadBalancerException(Kind.MISCONFIGURED, "the path is too long: " + socket);
    }
    if (address instanceof UnixDomainSocketAddress unix && !Files.exists(unix.getPath())) {
      return unreachable("there is no socket " + socket);
    }
    return e instanceof ConnectException
        ? unreachable("nobody listens at " + socket)
        : unreachable("HAProxy cannot be asked at " + socket + ": " + e.getMessage());
  }

  private static LoadBalancerException unreachable(String message) {
    return new LoadBalancerException(Kind.UNREACHABLE, message);
  }

  /** One connection. */
  private final class Conversation implements Session {
    private final RuntimeSocket connection;

    Conversation(RuntimeSocket connection) {
      this.connection = connection;
    }

    @Override
    public String process() {
      Matcher process = PROCESS.matcher(ask("show info"));
      var found = new StringBuilder();
      while (process.find()) {
        found.append(process.group(1)).append(' ');
      }
      if (found.isEmpty()) {
        throw unreachable("what listens at " + socket + " does not answer like HAProxy");
      }
      return found.toString();
    }

    @Override
    public List<Server> servers(String backend) {
      return HaproxyAnswers.servers(ask("show servers state " + backend), backend);
    }

    @Override
    public boolean apply(String backend, Step step) {
      for (String command : commands(backend, step)) {
        String answer = ask(command);
        if (HaproxyAnswers.isIdTaken(answer) && step instanceof Step.Add(Server added)) {
          // Another server has this number, by chance or by configuration: let HAProxy choose.
          command = add(backend + "/" + HaproxyName.of(added.key()), added, "");
          answer = ask(command);
        }
        if (!HaproxyAnswers.isDone(answer, backend, command)) {
          return false;
        }
      }
      return true;
    }

    private String ask(String line) {
      try {
        return connection.ask(line);
      } catch (IOException e) {
        throw unreachable("HAProxy cannot be asked at " + socket + ": " + e.getMessage());
      }
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
