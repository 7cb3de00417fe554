package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.HostPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process as an operator has it: exit codes, one line, signals. */
class ProcessTest {
  private static final Pattern SERVING = Pattern.compile(".*serving: clients ([^,]+),.*");

  @TempDir Path directory;

  @Test
  void anUnknownFlagEndsItWithOneLineAndTwo() throws Exception {
    Process process = start("--datadir=x");

    assertThat(exitCode(process)).isEqualTo(2);
    assertThat(process.errorReader().lines())
        .containsExactly(
            "registryd: unknown flag --datadir; did you mean --data-dir? (registryd --help lists"
                + " all)");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void withoutConfigurationItIsARegistryOnLoopbackWithItsDataInData() throws Exception {
    // Only the ports differ from the defaults: those may be in use here.
    Process process =
        start(
            "--client-listen=127.0.0.1:0",
            "--peer-listen=127.0.0.1:0",
            "--http-listen=127.0.0.1:0");
    BufferedReader log = process.errorReader();
    try (var client = new TestClient(serving(log))) {
      client.register("orders", "i-1", 60_000);
    }
    assertThat(directory.resolve("data/identity")).exists();

    // A second one over the same directory, while the first one runs.
    Process second = start("--peer-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0");
    assertThat(exitCode(second)).isEqualTo(4);
    List<String> lines = second.errorReader().lines().toList();
    assertThat(lines.getLast()).startsWith("registryd: ").contains("in use by a running process");

    // Not process.destroy(), which closes the streams we still read.
    assertThat(process.toHandle().destroy()).isTrue();
    assertThat(exitCode(process)).isEqualTo(0);
    assertThat(log.lines().toList().getLast()).contains("stopped");
  }

  private Process start(String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            // Not the one of the tests.
            "-Dlogback.configurationFile=logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            RegistryServer.class.getName()));
    command.addAll(Stream.of(arguments).toList());
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ROLLCALL_"));
    return builder.start();
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static HostPort serving(BufferedReader log) throws IOException {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher matcher = SERVING.matcher(line);
      if (matcher.matches()) {
        return HostPort.parse(matcher.group(1));
      }
    }
    throw new AssertionError("the process ended");
  }
}
