package dev.rollcall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.rollcall.client.Endpoint;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.RegistryServer;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verbs that last, as processes of their own: how they end on a signal, and how they run
 * programs.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class ProgramsTest {
  private static final Duration LONG_TTL = Duration.ofHours(1);

  /** A process that has just begun to run can need many seconds for its first request. */
  private static final Duration BUSY_MACHINE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private RegistryServer node;
  private RegistryClient client;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void startANode() throws InterruptedException {
    var flags =
        List.of(
            "--data-dir=" + directory.resolve("data"),
            "--client-listen=127.0.0.1:0",
            "--peer-listen=127.0.0.1:0",
            "--http-listen=127.0.0.1:0",
            "--log-segment-size=1MiB");
    var config = ((Invocation.Run) ConfigReader.read(flags, Map.of())).config();
    node = RegistryServer.start(config, UnaryOperator.identity(), Clock.SYSTEM);
    client =
        RegistryClient.builder()
            .endpoints(node.clientAddress().toString())
            .callTimeout(BUSY_MACHINE)
            .build();
  }

  @AfterEach
  void stopAll() {
    started.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
    started.forEach(Process::destroyForcibly);
    client.close();
    node.close();
  }

  @Test
  void aRegistrationThatIsStoppedDeregistersAndEndsWell() throws Exception {
    Process register =
        start("register", "orders", "--id=i-1", "--endpoint=http://10.0.0.7:8080", "--ttl=1h");
    assertThat(firstLine(register)).isEqualTo("registered orders/i-1");

    register.destroy();

    assertThat(register.waitFor()).isZero();
    assertThat(client.resolve("orders").instances()).isEmpty();
  }

  @Test
  void anInstanceLivesAsLongAsItsProgramAndEndsWithItsCode() throws Exception {
    Process register = registerWhileRunning("echo begun; read line; exit 7");
    assertThat(firstLine(register)).isEqualTo("begun");
    assertThat(client.resolve("orders").instances()).hasSize(1);

    register.getOutputStream().close();

    assertThat(register.waitFor()).isEqualTo(7);
    assertThat(client.resolve("orders").instances()).isEmpty();
  }

  @Test
  void aSignalMeansTheProgramAndTheInstanceGoesWithIt() throws Exception {
    Process register = registerWhileRunning("echo begun; read line");
    assertThat(firstLine(register)).isEqualTo("begun");
    ProcessHandle program = register.children().findFirst().orElseThrow();

    register.destroy();

    register.waitFor();
    assertThat(program.isAlive()).isFalse();
    assertThat(client.resolve("orders").instances()).isEmpty();
  }

  @Test
  void aLockThatCannotBeRenewedTakesItsProgramWithIt() throws Exception {
    Process lock = lock("--ttl=3s", "echo begun; exec sleep 1000");
    assertThat(firstLine(lock)).isEqualTo("begun");
    ProcessHandle program = lock.children().findFirst().orElseThrow();

    node.close();

    assertThat(lock.waitFor()).isEqualTo(143);
    assertThat(program.isAlive()).isFalse();
  }

  @Test
  void aSignalMeansTheProgramThatHasTheLockWhichIsGivenBack() throws Exception {
    Process lock = lock("--ttl=1h", "echo begun; exec sleep 1000");
    assertThat(firstLine(lock)).isEqualTo("begun");

    lock.destroy();

    assertThat(lock.waitFor()).isEqualTo(143);
    assertThat(client.lock("report").tryAcquire(Duration.ZERO)).isPresent();
  }

  private Process lock(String ttl, String script) throws IOException {
    return start("lock", "report", ttl, "--", "/bin/sh", "-c", script);
  }

  @Test
  void changesDuringARunAreJoinedIntoTheNext() throws Exception {
    Path shown = fifo("shown");
    Path goOn = fifo("go-on");
    int changes = 40;
    register(0);
    start("watch", "orders", "--exec", "cat > '%s'; read line < '%s'".formatted(shown, goOn));
    assertThat(ids(Files.readString(shown))).containsExactly("i-0");

    // The program stands still until it is told to go on.
    for (int i = 1; i <= changes; i++) {
      register(i);
    }
    int runs = 0;
    Set<String> last = Set.of();
    while (last.size() <= changes) {
      Files.writeString(goOn, "go on\n");
      last = ids(Files.readString(shown));
      runs++;
    }

    assertThat(runs).isLessThan(changes / 2);
  }

  private void register(int number) {
    client.registerOnce(
        ServiceInstance.builder("orders")
            .id("i-" + number)
            .endpoint(Endpoint.parse("http://10.0.0.7:8080"))
            .build(),
        LONG_TTL);
  }

  private static Set<String> ids(String json) {
    var ids = new TreeSet<String>();
    for (JsonElement instance :
        JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("instances")) {
      ids.add(instance.getAsJsonObject().get("id").getAsString());
    }
    return ids;
  }

  /** A pipe with a name: whoever opens one end waits for the other. */
  private Path fifo(String name) throws IOException, InterruptedException {
    Path path = directory.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    return path;
  }

  private Process registerWhileRunning(String script) throws IOException {
    return start(
        "register",
        "orders",
        "--id=i-1",
        "--endpoint=http://10.0.0.7:8080",
        "--ttl=1h",
        "--",
        "/bin/sh",
        "-c",
        script);
  }

  private Process start(String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), RegistryCtl.class.getName()));
    command.add("--endpoints=" + node.clientAddress());
    command.add("--timeout=" + BUSY_MACHINE.toSeconds() + "s");
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private static String firstLine(Process process) throws IOException {
    return new BufferedReader(process.inputReader(UTF_8)).readLine();
  }
}
