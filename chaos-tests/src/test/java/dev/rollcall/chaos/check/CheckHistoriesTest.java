package dev.rollcall.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What bin/check-histories says of folders that are right, wrong and broken. */
class CheckHistoriesTest {
  private static final String READ = "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n";
  private static final String READ_NOTHING = READ + "INFO  jepsen.util - 0\t:ok\t:read\tnil\n";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void historiesThatComeOutAsToldPass() throws URISyntaxException {
    var histories = Objects.requireNonNull(getClass().getResource("/histories"));

    int exit = run(Path.of(histories.toURI()));

    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    assertThat(out.toString()).contains("13 of 13 histories came out as told");
  }

  @Test
  void anotherVerdictThanToldFails() throws IOException {
    tell("a.log\tfalse");
    write("a.log", READ_NOTHING);

    assertThat(run(folder)).isEqualTo(1);
    assertThat(out.toString()).containsPattern("WRONG +a.log +not linearizable +linearizable");
  }

  @Test
  void aSearchThatIsGivenUpFails() throws IOException {
    tell("a.log\ttrue");
    write("a.log", READ_NOTHING);

    assertThat(run(folder, "--steps=0")).isEqualTo(1);
    assertThat(err.toString()).contains("a.log: timed out after 0 steps");
    assertThat(run(folder, "--seconds=-1")).isEqualTo(1);
  }

  @Test
  void aHistoryThatIsNotThereFails() throws IOException {
    tell("a.log\ttrue");

    assertThat(run(folder)).isEqualTo(1);
    assertThat(err.toString()).isEqualToIgnoringNewLines("check-histories: a.log: no such file");
  }

  @Test
  void aHistoryWithoutAVerdictFails() throws IOException {
    tell("a.log\ttrue");
    write("a.log", READ_NOTHING);
    write("b.log", READ_NOTHING);
    write("README.md", "of no account");

    assertThat(run(folder)).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("check-histories: b.log: has no verdict in verdicts.tsv");
  }

  @Test
  void brokenVerdictsFail() throws IOException {
    complainsOfVerdicts("", "line 1: the header");
    complainsOfVerdicts("a.log\ttrue\n", "line 1: the header");
    complainsOfVerdicts("file\tlinearizable\n", "not one verdict");
    complainsOfVerdicts("file\tlinearizable\na.log\tyes\n", "line 2: not a file");
    complainsOfVerdicts("file\tlinearizable\n../a.log\ttrue\n", "line 2: not a file");
    complainsOfVerdicts("file\tlinearizable\na\ttrue\na\ttrue\n", "line 3: a second verdict");
  }

  @Test
  void aFolderWithoutVerdictsFails() {
    assertThat(run(folder)).isEqualTo(1);
    assertThat(err.toString()).startsWith("check-histories: verdicts.tsv: no such file");
  }

  @Test
  void aFolderThatIsNotThereIsWrongUsage() {
    assertThat(run(folder.resolve("nowhere"))).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
  }

  @Test
  void brokenRegisterLogsFail() throws IOException {
    complainsOf("", "neither a register's log");
    complainsOf("hello\n", "neither a register's log");
    complainsOf(READ + "hello\n", "line 2: not of a register's log: hello");
    complainsOf(READ + READ, "line 2: process 0 has not returned from its call in line 1");
    complainsOf(log("ok", ":read", "4"), "line 1: process 0 returns and has not called");
    complainsOf(READ + log("ok", ":write", "4"), "line 2: process 0 had called Read[]");
    complainsOf(READ + log("ok", ":read", "x"), "line 2: no value of a read: x");
    complainsOf(log("invoke", ":cas", "4"), "line 1: no value of a cas: 4");
    complainsOf(
        log("invoke", ":write", "4") + log("ok", ":write", "5"),
        "line 2: called as Write[value=4]");
    complainsOf(log("invoke", ":cas", "[1 2]") + log("fail", ":cas", "[1 3]"), "line 2: called as");
    complainsOf(
        READ + log("info", ":read", ":timed-out") + READ,
        "line 3: process 0 goes on after its unknown outcome in line 2");
    complainsOf("INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n", "not one operation");
  }

  @Test
  void brokenKeyValueHistoriesFail() throws IOException {
    complainsOf(entry("invoke", "get", "nil") + "hello\n", "line 2: not of a key-value history");
    complainsOf(entry("ok", "get", "\"x\""), "line 1: process 0 returns and has not called");
    complainsOf(entry("invoke", "put", "nil"), "line 1: a string must be the value");
    complainsOf(
        entry("invoke", "put", "\"x\"") + entry("ok", "put", "\"y\""), "line 2: called as Put");
    complainsOf(
        entry("invoke", "get", "nil") + entry("ok", "append", "\"y\""), "line 2: process 0 had");
  }

  private void complainsOf(String history, String complaint) throws IOException {
    tell("a.log\ttrue");
    write("a.log", history);
    err.getBuffer().setLength(0);

    assertThat(run(folder)).as(history).isEqualTo(1);
    assertThat(err.toString()).startsWith("check-histories: a.log: " + complaint).hasLineCount(1);
    assertThat(out.toString()).contains("NO VERDICT  a.log");
  }

  private void complainsOfVerdicts(String verdicts, String complaint) throws IOException {
    write("verdicts.tsv", verdicts);
    err.getBuffer().setLength(0);

    assertThat(run(folder)).as(verdicts).isEqualTo(1);
    assertThat(err.toString()).startsWith("check-histories: verdicts.tsv: " + complaint);
  }

  private static String log(String type, String function, String value) {
    return "INFO  jepsen.util - 0\t:%s\t%s\t%s%n".formatted(type, function, value);
  }

  private static String entry(String type, String function, String value) {
    return "{:process 0, :type :%s, :f :%s, :key \"7\", :value %s}%n"
        .formatted(type, function, value);
  }

  private void tell(String verdict) throws IOException {
    write("verdicts.tsv", "file\tlinearizable\n" + verdict + "\n");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private int run(Object... arguments) {
    var words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return new CommandLine(new CheckHistories())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }
}
