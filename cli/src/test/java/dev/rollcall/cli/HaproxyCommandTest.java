package dev.rollcall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.cli.lb.HaproxyProcess;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.RegistryServer;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong on the command line is said before anything is done. */
class HaproxyCommandTest {
  @TempDir private Path directory;

  /** What one run came to. */
  private record Run(int code, String out, String err) {}

  @Test
  void aBackendNamesAService() {
    for (String backend :
        new String[] {"be", "=orders", "b e=orders", "be,x=orders", "b;e=orders"}) {
      Run run = run("--socket=/nowhere", "--backend=" + backend);
      assertThat(run.code).isEqualTo(2);
      assertThat(run.err)
          .contains("--backend must be BACKEND=SERVICE[,EXPRESSION], not '" + backend);
    }
    Run run = run("--socket=/nowhere", "--backend=be=orders/1");
    assertThat(run.code).isEqualTo(2);
    assertThat(run.err).contains("service must be 1 to 128 characters");
  }

  @Test
  void aBackendIsFedOnce() {
    Run run = run("--socket=/nowhere", "--backend=be=orders", "--backend=be=payments");
    assertThat(run.code).isEqualTo(2);
    assertThat(run.err).contains("--backend be is there twice");
  }

  @Test
  void theSocketIsAPathOrAnAddress() {
    for (String socket : new String[] {"admin.sock", "host:", "host:0", "host:70000", ":1"}) {
      Run run = run("--socket=" + socket, "--backend=be=orders");
      assertThat(run.code).as(socket).isEqualTo(2);
      assertThat(run.err).contains("neither a path with / nor HOST:PORT: '" + socket + "'");
    }
  }

  @Test
  void optionsCannotHoldACommandOfTheirOwn() {
    Run run = run("--socket=/nowhere", "--backend=be=orders", "--server-options=check; quit");
    assertThat(run.code).isEqualTo(2);
    assertThat(run.err).contains("server options are one line without ';'");
  }

  @Test
  void nothingIsDoneOnceWhenNothingIsKnown() {
    Run run = run("--socket=/nowhere", "--backend=be=orders", "--once", "--timeout=1ms");
    assertThat(run.code).isEqualTo(3);
    assertThat(run.err).hasLineCount(1).startsWith("registryctl: nothing is known of orders");
  }

  @TestFactory
  Stream<DynamicTest> againstARealOne() {
    return HaproxyProcess.binary().isEmpty()
        ? Stream.of(dynamicTest("NOT TESTED: no haproxy is installed here", () -> {}))
        : Stream.of(dynamicTest("--dry-run, --once, -o json", this::dryRunAndOnce));
  }

  private void dryRunAndOnce() throws Exception {
    try (RegistryServer node = node();
        HaproxyProcess haproxy = HaproxyProcess.start(directory, "backend be\n")) {
      String[] register = {
        "register", "orders", "--endpoint=http://10.0.0.7:80", "--id=a", "--meta=env=prod"
      };
      for (int i = 0; i < 2; i++) {
        register[3] = "--id=" + (i == 0 ? "a" : "b/1");
        register[4] = "--meta=env=" + (i == 0 ? "prod" : "test");
        assertThat(ctl(node, Stream.of(register), "--once", "--ttl=1h").code).isZero();
      }
      Stream<String> all = lb(haproxy, "be=orders");
      Run dry = ctl(node, all, "--dry-run", "--server-options=maxconn 50");
      assertThat(dry.code).isZero();
      assertThat(dry.out)
          .hasLineCount(2)
          .contains("add server be/rc:a 10.0.0.7:80 weight 100 id 1")
          .contains(" maxconn 50; set server be/rc:a state ready")
          .contains("add server be/rc_b_2F1 ");
      assertThat(haproxy.ask("show servers state be")).doesNotContain("rc:");

      Run once = ctl(node, lb(haproxy, "be=orders,meta.env == prod"), "--once", "-o", "json");
      assertThat(once.code).as(once.err).isZero();
      assertThat(once.out).hasLineCount(1);
      JsonObject step = JsonParser.parseString(once.out).getAsJsonObject();
      assertThat(step.get("event").getAsString()).isEqualTo("step");
      assertThat(step.get("backend").getAsString()).isEqualTo("be");
      assertThat(step.get("service").getAsString()).isEqualTo("orders");
      assertThat(step.get("id").getAsString()).isEqualTo("a");
      assertThat(step.get("command").getAsString()).startsWith("add server be/rc:a ");
      assertThat(step.get("revision").getAsLong()).isPositive();
      assertThat(haproxy.ask("show servers state be")).contains("rc:a").doesNotContain("rc_b");
      assertThat(ctl(node, lb(haproxy, "be=orders,meta.env == prod"), "--once").out).isEmpty();

      Run unreadable = ctl(node, lb(haproxy, "be=orders,meta.env =="), "--once");
      assertThat(unreadable.code).isNotZero();
      assertThat(unreadable.err).hasLineCount(1).contains("INVALID_FILTER");
    }
  }

  private static Stream<String> lb(HaproxyProcess haproxy, String backend) {
    return Stream.of("lb", "haproxy", "--socket=" + haproxy.socket(), "--backend=" + backend);
  }

  private RegistryServer node() throws InterruptedException {
    var flags =
        List.of(
            "--data-dir=" + directory.resolve("data"),
            "--client-listen=127.0.0.1:0",
            "--peer-listen=127.0.0.1:0",
            "--http-listen=127.0.0.1:0",
            "--log-segment-size=1MiB");
    var config = ((Invocation.Run) ConfigReader.read(flags, Map.of())).config();
    return RegistryServer.start(config, UnaryOperator.identity(), Clock.SYSTEM);
  }

  private static Run ctl(RegistryServer node, Stream<String> verb, String... options) {
    var all = new ArrayList<>(verb.toList());
    all.addAll(List.of("--endpoints=" + node.clientAddress(), "--timeout=60s"));
    all.addAll(List.of(options));
    return execute(all);
  }

  private static Run run(String... arguments) {
    var all = new ArrayList<>(List.of("lb", "haproxy", "--endpoints=127.0.0.1:1"));
    all.addAll(List.of(arguments));
    return execute(all);
  }

  private static Run execute(List<String> all) {
    var out = new StringWriter();
    var err = new StringWriter();
    var command = RegistryCtl.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Run(command.execute(all.toArray(String[]::new)), out.toString(), err.toString());
  }
}
