package dev.rollcall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is wrong on the command line is said before anything is done. */
class HaproxyCommandTest {
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

  private static Run run(String... arguments) {
    var all = new ArrayList<>(List.of("lb", "haproxy", "--endpoints=127.0.0.1:1"));
    all.addAll(List.of(arguments));
    var out = new StringWriter();
    var err = new StringWriter();
    var command = RegistryCtl.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Run(command.execute(all.toArray(String[]::new)), out.toString(), err.toString());
  }
}
