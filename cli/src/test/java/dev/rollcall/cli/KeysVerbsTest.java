package dev.rollcall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The verbs about keys, locks and changes against a real node. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class KeysVerbsTest {
  @TempDir private static Path directory;

  private static RegistryServer node;

  /** What one run came to. */
  private record Run(int code, String out, String err) {}

  @BeforeAll
  static void startANode() throws InterruptedException {
    var flags =
        List.of(
            "--data-dir=" + directory.resolve("data"),
            "--client-listen=127.0.0.1:0",
            "--peer-listen=127.0.0.1:0",
            "--http-listen=127.0.0.1:0",
            "--log-segment-size=1MiB");
    var config = ((Invocation.Run) ConfigReader.read(flags, Map.of())).config();
    node = RegistryServer.start(config, UnaryOperator.identity(), Clock.SYSTEM);
  }

  @AfterAll
  static void stopIt() {
    node.close();
  }

  @Test
  void aKeyIsPutReadAndDeleted() {
    Run put = run("kv", "put", "app/limit", "100");
    assertThat(put.code).as(put.err).isZero();
    assertThat(put.out).startsWith("put app/limit at revision ");
    assertThat(run("kv", "get", "app/limit")).isEqualTo(new Run(0, "100\n", ""));
    JsonObject entry = json(run("kv", "get", "app/limit", "-o", "json").out).getAsJsonObject();
    assertThat(entry.get("value").getAsString()).isEqualTo("100");
    String revision = entry.get("modRevision").getAsString();

    assertThat(run("kv", "put", "app/limit", "200", "--expect-revision=" + revision).code).isZero();
    Run refused = run("kv", "put", "app/limit", "300", "--expect-revision=" + revision);
    assertThat(refused.code).isEqualTo(4);
    assertThat(refused.err).hasLineCount(1).contains("REVISION_MISMATCH");
    run("kv", "put", "app/mode", "on");
    assertThat(run("kv", "range", "app/").out).contains("app/limit", "200", "app/mode");
    JsonArray all = json(run("kv", "range", "app/", "-o", "json").out).getAsJsonArray();
    assertThat(all).hasSize(2);
    assertThat(run("kv", "range", "app/", "--keys-only", "--any").out).doesNotContain("200");

    assertThat(run("kv", "delete", "app/", "--prefix")).isEqualTo(new Run(0, "deleted 2\n", ""));
    assertThat(run("kv", "delete", "app/limit").code).isEqualTo(1);
    Run none = run("kv", "get", "app/limit");
    assertThat(none).isEqualTo(new Run(1, "", "registryctl: no such key: app/limit\n"));
    assertThat(run("kv", "put", "", "x").code).isEqualTo(2);
  }

  @Test
  void aKeyGoesWithItsLease() {
    String lease = run("lease", "grant", "--ttl=60s").out.strip();
    run("kv", "put", "leased", "x", "--lease=" + lease);
    assertThat(run("kv", "get", "leased").code).isZero();
    run("lease", "revoke", lease);
    assertThat(run("kv", "get", "leased").code).isEqualTo(1);
    assertThat(run("kv", "put", "leased", "x", "--lease=" + lease).code).isEqualTo(1);
  }

  private static JsonElement json(String text) {
    return JsonParser.parseString(text);
  }

  private static Run run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var all = new ArrayList<String>();
    all.add("--endpoints=" + node.clientAddress());
    all.add("--timeout=60s");
    all.addAll(List.of(arguments));
    var command = RegistryCtl.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int code = command.execute(all.toArray(String[]::new));
    return new Run(code, out.toString(), err.toString());
  }
}
