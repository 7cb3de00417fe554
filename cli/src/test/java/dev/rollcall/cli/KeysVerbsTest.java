package dev.rollcall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.lock.Lock;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.RegistryServer;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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

  @Test
  void aLockIsHeldWhileTheProgramRunsAndItsTokenGrows() throws Exception {
    Path shown = directory.resolve("token");
    String script = "echo $ROLLCALL_FENCING_TOKEN >> " + shown + "; exit 7";
    assertThat(run("lock", "report", "--", "/bin/sh", "-c", script).code).isEqualTo(7);
    assertThat(run("lock", "report", "--no-wait", "--", "/bin/sh", "-c", script).code).isEqualTo(7);
    List<Long> tokens = Files.readAllLines(shown).stream().map(Long::valueOf).toList();
    assertThat(tokens).hasSize(2);
    assertThat(tokens.get(1)).isGreaterThan(tokens.get(0));
    assertThat(run("kv", "range", "locks/report/", "-o", "json").out).isEqualTo("[]\n");
    assertThat(run("lock", "a/b", "--", "true").code).isEqualTo(2);
    assertThat(run("lock", "report", "--", "/no/such/program").code).isEqualTo(2);
  }

  @Test
  void whoeverDoesNotWaitIsTurnedAwayWhileALockIsHeld() throws Exception {
    try (RegistryClient client = client()) {
      Lock.Held held = client.lock("busy").acquire();
      Run refused = run("lock", "busy", "--no-wait", "--", "true");
      assertThat(refused.code).isEqualTo(4);
      assertThat(refused.err).isEqualTo("registryctl: the lock is held by another: busy\n");
      assertThat(run("lock", "busy", "--wait=100ms", "--", "true").code).isEqualTo(4);

      var waiting = CompletableFuture.supplyAsync(() -> run("lock", "busy", "--", "true"));
      held.close();
      assertThat(waiting.join().code).isZero();
    }
  }

  @Test
  void aProgramWhoseLockIsLostIsEnded() throws Exception {
    Path begun = directory.resolve("begun");
    assertThat(new ProcessBuilder("mkfifo", begun.toString()).start().waitFor()).isZero();
    String script = "echo x > " + begun + "; exec sleep 1000";
    var run =
        CompletableFuture.supplyAsync(() -> run("lock", "lost", "--", "/bin/sh", "-c", script));
    Files.readString(begun); // waits for the program

    run("kv", "delete", "locks/lost/", "--prefix");

    assertThat(run.join().code).isEqualTo(143); // as the signal makes it
    assertThat(run.join().err).contains("the lock is lost");
  }

  @Test
  void everyChangeFromARevisionOnIsPrinted() throws Exception {
    JsonObject before = json(run("kv", "put", "events/0", "x", "-o", "json").out).getAsJsonObject();
    run("kv", "put", "events/a", "1");
    run("kv", "put", "events/a", "2");
    run("kv", "put", "other", "x");
    run("kv", "delete", "events/", "--prefix");
    long from = before.get("modRevision").getAsLong() + 1;

    List<String> lines =
        printed(4, "kv", "watch", "events/", "--prefix", "--from=" + from, "-o", "json");

    JsonObject second = json(lines.get(1)).getAsJsonObject();
    assertThat(second.get("event").getAsString()).isEqualTo("key-put");
    assertThat(second.getAsJsonObject("key").get("value").getAsString()).isEqualTo("2");
    JsonObject third = json(lines.get(2)).getAsJsonObject();
    assertThat(third.get("event").getAsString()).isEqualTo("key-deleted");
    assertThat(third.get("more").getAsBoolean()).isTrue();
    assertThat(json(lines.get(3)).getAsJsonObject().get("more").getAsBoolean()).isFalse();
  }

  @Test
  void everyChangeOfServicesWithWhatWasBefore() throws Exception {
    long from =
        json(run("kv", "put", "x", "1", "-o", "json").out)
            .getAsJsonObject()
            .get("modRevision")
            .getAsLong();
    register("shop-a", "a", "1.0");
    register("shop-b", "b", "1.0");
    register("shop-a", "a", "2.0");
    run("deregister", "shop-b", "b");

    List<String> all =
        printed(4, "watch", "shop-", "--prefix", "--from=" + from, "--previous", "-o", "json");
    JsonObject third = json(all.get(2)).getAsJsonObject();
    assertThat(third.get("event").getAsString()).isEqualTo("put");
    assertThat(third.getAsJsonObject("instance").get("version").getAsString()).isEqualTo("2.0");
    assertThat(third.getAsJsonObject("previous").get("version").getAsString()).isEqualTo("1.0");
    JsonObject fourth = json(all.get(3)).getAsJsonObject();
    assertThat(fourth.get("event").getAsString()).isEqualTo("removed");
    assertThat(fourth.get("cause").getAsString()).isEqualTo("REQUESTED");

    List<String> fitting =
        printed(2, "watch", "shop-a", "--from=" + from, "--filter=version == 1.0");
    assertThat(fitting.get(0)).startsWith("put ").contains("shop-a/a", "http://10.0.0.7:80");
    assertThat(fitting.get(1)).startsWith("removed ").contains("shop-a/a", "FILTERED");
    Run refused = run("watch", "shop-a", "--from=" + from, "--filter=version = 1.0");
    assertThat(refused.code).isEqualTo(2);
    assertThat(refused.err).hasLineCount(1).contains("INVALID_FILTER");
  }

  @Test
  void aRevisionOfAnotherHistoryIsSaid() {
    Run run = run("watch", "orders", "--from=1", "--history=" + "00".repeat(16));
    assertThat(run.code).isEqualTo(7);
    assertThat(run.err).hasLineCount(1).contains("HISTORY_CHANGED");
  }

  private static void register(String service, String id, String version) {
    Run run =
        run(
            "register",
            service,
            "--id=" + id,
            "--endpoint=http://10.0.0.7:80",
            "--service-version=" + version,
            "--ttl=60s",
            "--once");
    assertThat(run.code).as(run.err).isZero();
  }

  private static RegistryClient client() {
    return RegistryClient.builder()
        .endpoints(node.clientAddress().toString())
        .callTimeout(Duration.ofSeconds(60))
        .build();
  }

  /** The first lines of a verb that goes on until it is stopped. */
  private static List<String> printed(int count, String... arguments) throws Exception {
    var read = new PipedReader();
    var out = new PrintWriter(new PipedWriter(read), true);
    var err = new StringWriter();
    var verb =
        new Thread(() -> commandLine(out, new PrintWriter(err, true)).execute(withNode(arguments)));
    verb.start();
    var lines = new ArrayList<String>();
    try (var reader = new BufferedReader(read)) {
      while (lines.size() < count) {
        lines.add(reader.readLine());
      }
      verb.interrupt();
      verb.join();
    }
    return lines;
  }

  private static JsonElement json(String text) {
    return JsonParser.parseString(text);
  }

  private static Run run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(withNode(arguments));
    return new Run(code, out.toString(), err.toString());
  }

  private static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return RegistryCtl.commandLine().setOut(out).setErr(err);
  }

  private static String[] withNode(String... arguments) {
    var all = new ArrayList<String>();
    all.add("--endpoints=" + node.clientAddress());
    all.add("--timeout=60s");
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }
}
