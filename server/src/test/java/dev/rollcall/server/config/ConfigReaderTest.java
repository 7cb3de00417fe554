package dev.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.server.config.ServerConfig.HttpApi;
import dev.rollcall.server.config.ServerConfig.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigReaderTest {
  @TempDir Path directory;

  @Test
  void aNodeWithoutConfigurationIsASingleNodeOnLoopback() {
    ServerConfig config = config(List.of(), Map.of());

    assertThat(config.dataDir()).isEqualTo(Path.of("./data"));
    assertThat(config.members()).isEmpty();
    assertThat(config.client().bind()).isEqualTo(new HostPort("127.0.0.1", 7400));
    assertThat(config.peer().bind()).isEqualTo(new HostPort("127.0.0.1", 7401));
    assertThat(config.http()).isEqualTo(new HostPort("127.0.0.1", 7402));
    assertThat(config.timing().heartbeatTicks()).isEqualTo(5);
    assertThat(config.timing().electionTimeoutTicks()).isEqualTo(40);
    assertThat(config.output()).isEqualTo(new Output(Output.Level.INFO, Output.Format.PLAIN));
  }

  @Test
  void aFlagWinsOverTheEnvironmentOverTheFileOverTheDefault() throws IOException {
    Path file =
        file(
            """
            data-dir: from-file
            http-listen: 127.0.0.1:1
            log-level: warn
            """);
    var environment =
        Map.of(
            "ROLLCALL_CONFIG", file.toString(),
            "ROLLCALL_DATA_DIR", "from-environment",
            "ROLLCALL_HTTP_LISTEN", "127.0.0.1:2");

    ServerConfig config = config(List.of("--data-dir=from-flag"), environment);

    assertThat(config.dataDir()).isEqualTo(Path.of("from-flag"));
    assertThat(config.http().port()).isEqualTo(2);
    assertThat(config.output().level()).isEqualTo(Output.Level.WARN);
    assertThat(config.peer().bind().port()).isEqualTo(7401);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CONFIG")
  void everySettingHasOneNameInThreeSpellings(Setting setting) throws IOException {
    String value = value(setting);
    ServerConfig byFlag = config(List.of(setting.flag(), value), Map.of());
    ServerConfig byEnvironment = config(List.of(), Map.of(setting.environmentName(), value));
    Path file = file(setting.key() + ": \"" + value + "\"\n");
    ServerConfig byFile = config(List.of("--config", file.toString()), Map.of());

    assertThat(byFlag).isNotEqualTo(config(List.of(), Map.of()));
    assertThat(byEnvironment).isEqualTo(byFlag);
    assertThat(byFile).isEqualTo(byFlag);
  }

  @Test
  void membersAreAListInTheFileAndSeparatedByCommasElsewhere() throws IOException {
    Path file = file("members:\n  - 127.0.0.1:7401\n  - '[::1]:7411'\n");
    var expected = List.of(new HostPort("127.0.0.1", 7401), new HostPort("::1", 7411));

    assertThat(config(List.of("--config=" + file), Map.of()).members()).isEqualTo(expected);
    assertThat(config(List.of("--members", "127.0.0.1:7401, [::1]:7411"), Map.of()).members())
        .isEqualTo(expected);
  }

  @Test
  void whatIsServedOverHttpIsChosen() throws IOException {
    Path file = file("http-apis: [prometheus, rest]\n");

    assertThat(config(List.of(), Map.of()).httpApis()).containsExactlyInAnyOrder(HttpApi.values());
    assertThat(config(List.of("--http-apis=none"), Map.of()).httpApis()).isEmpty();
    assertThat(config(List.of("--config=" + file), Map.of()).httpApis())
        .containsExactlyInAnyOrder(HttpApi.REST, HttpApi.PROMETHEUS);
  }

  @Test
  void durationsAndSizesHaveUnits() {
    ServerConfig config =
        config(
            List.of("--tick=10ms", "--heartbeat-interval=0.05s", "--log-segment-size=2MiB"),
            Map.of());

    assertThat(config.timing().heartbeatInterval()).isEqualTo(Duration.ofMillis(50));
    assertThat(config.timing().heartbeatTicks()).isEqualTo(5);
    assertThat(config.logSegmentBytes()).isEqualTo(2 << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --datadir=x                      | unknown flag --datadir; did you mean --data-dir?
          --frobnicate                     | unknown flag --frobnicate; registryd --help lists all
          start                            | argument that is no flag: 'start'
          --data-dir                       | flag without a value: --data-dir
          --http-listen=7402               | --http-listen: not host:port: '7402'
          --http-listen=localhost:99999    | --http-listen: not host:port: 'localhost:99999'
          --http-listen=::1:7402           | --http-listen: not host:port: '::1:7402'
          --http-apis=rest,soap            | --http-apis: not one of [rest, eureka, prometheus]: 's
          --http-apis=rest,                | --http-apis: not one of [rest, eureka, prometheus]: '
          --tick=20                        | --tick: not a duration such as 20ms or 1.5s: '20'
          --tick=0ms                       | tick must be 1ms to 1s
          --heartbeat-interval=30ms        | heartbeat-interval must be a multiple of tick
          --election-timeout=400ms         | election-timeout must be at least 5 times
          --log-level=loud                 | --log-level: not one of [error, warn, info, debug
          --log-segment-size=1             | log-segment-size must be 1MiB to 1GiB
          --log-segment-size=9999999999GiB | --log-segment-size: size too large
          --requests-in-flight-max=0       | requests-in-flight-max must be at least 1
          --client-listen=0.0.0.0:7400     | client-advertise must be set, because client-listen
          --client-advertise=0.0.0.0:7400  | --client-advertise: not an address to connect to
          --members=127.0.0.1:9            | members does not name this node's own peer-advertise
          --members=127.0.0.1:7401,127.0.0.1:7401 | members names an address twice
          --members=127.0.0.1:7401,        | --members: not host:port: ''
          --data-dir=                      | --data-dir is empty
          --config=/no/such/file           | config file does not exist: /no/such/file
          """)
  void aBadFlagIsRefusedInOneLine(String flag, String line) {
    StartFailure failure = refusal(List.of(flag), Map.of());

    assertThat(failure).hasMessageStartingWith(line);
    assertThat(failure.line()).startsWith("registryd: ").doesNotContain("\n");
    assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data_dir: x            | has an unknown key 'data_dir'; did you mean 'data-dir'?
          config: x              | has an unknown key 'config'
          http-listen: 7402      | http-listen in
          http-listen: [a, b]    | gives http-listen a list
          http-listen:           | gives http-listen no plain value
          just text              | is no list of settings
          '{tick: 1ms, tick: 2ms}' | is not YAML
          """)
  void aBadFileIsRefusedInOneLine(String content, String fragment) throws IOException {
    StartFailure failure = refusal(List.of("--config=" + file(content + "\n")), Map.of());

    assertThat(failure).hasMessageContaining(fragment);
    assertThat(failure.line()).doesNotContain("\n");
    assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aFlagGivenTwiceIsRefused() {
    assertThat(refusal(List.of("--tick=1ms", "--tick=2ms"), Map.of()))
        .hasMessageStartingWith("flag given twice: ");
  }

  @Test
  void aSlipInTheEnvironmentIsRefusedAndOtherProgramsVariablesAreNot() {
    assertThat(refusal(List.of(), Map.of("ROLLCALL_DATADIR", "x")))
        .hasMessageStartingWith(
            "unknown environment variable ROLLCALL_DATADIR; did you mean ROLLCALL_DATA_DIR?");

    // What an orchestrator sets beside a service of this name.
    var strangers =
        Map.of(
            "ROLLCALL_SERVICE_HOST", "10.0.0.1", "ROLLCALL_PORT_7400_TCP", "tcp://10.0.0.1:7400");
    assertThat(config(List.of(), strangers)).isEqualTo(config(List.of(), Map.of()));
  }

  @Test
  void helpNamesEverySettingAndExitCode() {
    String help = ((Invocation.Print) ConfigReader.read(List.of("--help"), Map.of())).text();

    for (Setting setting : Setting.values()) {
      assertThat(help).contains(setting.flag() + "=" + setting.label());
    }
    assertThat(help).contains("Exit codes: 0").contains("8 broken");
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void versionIsOneLine() {
    String version = ((Invocation.Print) ConfigReader.read(List.of("--version"), Map.of())).text();

    assertThat(version).startsWith("registryd ").endsWith("\n").hasLineCount(1);
  }

  /** A value that differs from the default and goes with the other defaults. */
  private static String value(Setting setting) {
    return switch (setting) {
      case CONFIG, DATA_DIR -> "elsewhere";
      case CLIENT_LISTEN, CLIENT_ADVERTISE, PEER_LISTEN, PEER_ADVERTISE, HTTP_LISTEN ->
          "localhost:9";
      case MEMBERS -> "127.0.0.1:7401,127.0.0.2:7401";
      case JOIN -> "127.0.0.2:7401";
      case HTTP_APIS -> "prometheus";
      case TICK -> "10ms";
      case HEARTBEAT_INTERVAL -> "40ms";
      case ELECTION_TIMEOUT -> "2s";
      case REQUESTS_IN_FLIGHT_MAX -> "17";
      case LOG_SEGMENT_SIZE -> "4MiB";
      case CHANGE_LOG_AGE -> "60s";
      case CHANGE_LOG_REVISIONS -> "1000";
      case CHANGE_LOG_BYTES -> "64MiB";
      case DISK_LOW -> "300MiB";
      case DISK_RESERVE -> "0";
      case LOG_LEVEL -> "debug";
      case LOG_FORMAT -> "json";
    };
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("registryd.yaml"), content);
  }

  private static ServerConfig config(List<String> arguments, Map<String, String> environment) {
    return ((Invocation.Run) ConfigReader.read(arguments, environment)).config();
  }

  private static StartFailure refusal(List<String> arguments, Map<String, String> environment) {
    return catchThrowableOfType(
        StartFailure.class, () -> ConfigReader.read(arguments, environment));
  }
}
