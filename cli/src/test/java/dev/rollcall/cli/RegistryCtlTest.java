package dev.rollcall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.RegistryServer;
import dev.rollcall.server.backup.BackupCommands;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.store.Features;
import dev.rollcall.testkit.DnsServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verb against a real node: what it prints and the code it exits with. */
class RegistryCtlTest {
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
  void showsTheFeatureLevelAndRaisesItToWhereItIs() {
    Run shown = run("cluster", "feature-level");
    assertThat(shown.code).isZero();
    assertThat(shown.out).startsWith("agreed: 1\n").contains(node.nodeId().toString());
    JsonObject json =
        JsonParser.parseString(run("cluster", "feature-level", "-o", "json").out).getAsJsonObject();
    assertThat(json.get("agreed").getAsInt()).isEqualTo(1);
    JsonObject member = json.getAsJsonArray("members").get(0).getAsJsonObject();
    assertThat(member.get("knows").getAsInt()).isEqualTo(1);
    assertThat(member.get("reachable").getAsBoolean()).isTrue();

    assertThat(run("cluster", "feature-level", "raise"))
        .isEqualTo(new Run(0, "the feature level was already 1\n", ""));
    assertThat(run("cluster", "feature-level", "raise", "-o", "json").out)
        .contains("\"already\":true");
    Run refused = run("cluster", "feature-level", "raise", "2");
    assertThat(refused.code).isEqualTo(4);
    assertThat(refused.err).contains("FEATURE_LEVEL_UNSUPPORTED", node.nodeId().toString());
    assertThat(run("cluster", "feature-level", "raise", "0").code).isEqualTo(2);
    assertThat(run("cluster").code).isEqualTo(2);
  }

  @Test
  void savesASnapshotThatTheServerFindsWhole() throws IOException {
    run("register", "kept", "--id=k-1", "--endpoint=http://10.0.0.7:8080", "--ttl=60s", "--once");
    Path file = directory.resolve("backup");
    Run saved = run("snapshot", "save", file.toString());
    assertThat(saved.code).isZero();
    assertThat(saved.out).startsWith("saved revision ").contains(file.toString());
    assertThat(saved.err).isEmpty(); // nobody looks: no bar
    assertThat(directory.resolve("backup.part")).doesNotExist();
    assertThat(BackupCommands.run(new Invocation.InspectSnapshot(file, true), Features.CURRENT))
        .contains("\"node\":\"" + node.nodeId() + "\"");

    Run refused = run("snapshot", "save", file.toString());
    assertThat(refused.code).isEqualTo(2);
    assertThat(refused.err).hasLineCount(1).contains("is there already; --force");
    JsonObject again =
        JsonParser.parseString(
                run("snapshot", "save", file.toString(), "--force", "-o", "json").out)
            .getAsJsonObject();
    assertThat(again.get("bytes").getAsLong()).isEqualTo(Files.size(file));
    assertThat(again.get("rows").getAsLong()).isPositive();

    Run nowhere = run("snapshot", "save", directory.resolve("none/backup").toString());
    assertThat(nowhere.code).isEqualTo(6);
    assertThat(nowhere.err).hasLineCount(1).contains("cannot be written");
    assertThat(run("snapshot", "save", directory.toString(), "--force").code).isEqualTo(2);
    assertThat(run("snapshot").code).isEqualTo(2);
  }

  @Test
  void registersOnceResolvesAndDeregisters() {
    Run register =
        run(
            "register",
            "orders",
            "--id=orders-1",
            "--endpoint=web=http://10.0.0.7:8080",
            "--meta=team=pay",
            "--tag=blue",
            "--locality=eu/z1",
            "--ttl=60s",
            "--once");
    assertThat(register).isEqualTo(new Run(0, "registered orders/orders-1\n", ""));

    Run table = run("resolve", "orders");
    assertThat(table.code).isZero();
    assertThat(table.out).contains("orders-1").contains("http://10.0.0.7:8080").contains("z1");

    Run json = run("resolve", "ORDERS", "-o", "json");
    JsonObject resolved = JsonParser.parseString(json.out).getAsJsonObject();
    JsonObject instance = resolved.getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(instance.get("id").getAsString()).isEqualTo("orders-1");
    assertThat(instance.getAsJsonObject("metadata").get("team").getAsString()).isEqualTo("pay");
    assertThat(resolved.get("revision").getAsLong()).isPositive();

    JsonObject alone =
        JsonParser.parseString(run("get", "orders", "orders-1", "-o", "json").out)
            .getAsJsonObject();
    assertThat(alone).isEqualTo(instance);
    assertThat(run("get", "orders", "orders-1", "--any").out)
        .contains("http://10.0.0.7:8080", "eu/z1", "team=pay", "blue");
    Run none = run("get", "orders", "orders-2");
    assertThat(none.code).isEqualTo(1);
    assertThat(none.err).hasLineCount(1).contains("no such instance: default/orders/orders-2");

    assertThat(run("services", "ord").out).contains("orders");
    assertThat(run("services", "--any", "--filter=name == orders and instances > 0").out)
        .contains("orders");
    assertThat(run("services", "ord", "--filter=instances > 5").out).doesNotContain("orders");
    assertThat(run("services", "--filter=zone == z1").code).isEqualTo(2);
    assertThat(run("deregister", "orders", "orders-1").code).isZero();
    assertThat(run("deregister", "orders", "orders-1").code).isEqualTo(1); // gone already
    assertThat(run("resolve", "orders").code).isEqualTo(1);
  }

  @Test
  void aFilterChoosesInstances() {
    for (String version : List.of("2.2.9", "2.3.0")) {
      var where = "--endpoint=http://10.0.0.9:80";
      run("register", "stock", "--id=" + version, where, "--service-version=" + version, "--once");
    }

    Run chosen = run("resolve", "stock", "--filter=semver(version) >= 2.3");
    assertThat(chosen.out).contains("2.3.0").doesNotContain("2.2.9");
    assertThat(run("resolve", "stock", "--filter=zone == z9").code).isEqualTo(1);
    Run refused = run("resolve", "stock", "--filter=zone = z9");
    assertThat(refused.code).isEqualTo(2);
    assertThat(refused.err).hasLineCount(1).contains("filter, character 6: '=' should be '=='");
  }

  @Test
  void theNearestHealthyInstancesWithAnEndpointComeFirst() {
    registerAt("a-far", "web", "us/z1", "UP");
    registerAt("b-region", "web", "eu/z2", "UP");
    registerAt("c-zone", "web", "eu/z1/r1", "UP");
    registerAt("d-rack", "web", "eu/z1/r2", "UP");
    registerAt("e-down", "web", "eu/z1/r2", "DOWN");
    registerAt("f-admin", "admin", "eu/z1/r2", "UP");
    var near = List.of("--region=eu", "--zone=z1", "--sub-zone=r2", "--healthy", "--endpoint=web");

    assertThat(idsOf("places", near)).containsExactly("d-rack", "c-zone", "b-region", "a-far");
    assertThat(idsOf("places", List.of("--zone=z1", "--limit=3")))
        .containsExactly("a-far", "c-zone", "d-rack");
    assertThat(run("resolve", "places", "--limit=-1").code).isEqualTo(2);
    assertThat(run("resolve", "places", "--endpoint=a b").code).isEqualTo(2);
  }

  @Test
  void explainsWhyAnInstanceIsNotInThePool() {
    run("register", "why", "--id=why-7", "--endpoint=http://10.0.0.9:80", "--tag=v1", "--once");

    Run well = run("explain", "why", "why-7", "--filter=v1 in tags", "--any");
    assertThat(well.code).isZero();
    assertThat(well.out).startsWith("default/why/why-7 is in the pool" + System.lineSeparator());
    Run asked = run("explain", "why", "why-7", "--filter=v1 in tags and v2 in tags");
    assertThat(asked.code).isEqualTo(1);
    assertThat(asked.out).contains("  x the filter does not hold for it: not so is `v2 in tags`");
    Run json = run("explain", "why", "why-8", "-o", "json");
    assertThat(json.code).isEqualTo(1);
    JsonObject explained = JsonParser.parseString(json.out).getAsJsonObject();
    assertThat(explained.get("inPool").getAsBoolean()).isFalse();
    JsonObject finding = explained.getAsJsonArray("findings").get(0).getAsJsonObject();
    assertThat(finding.get("kind").getAsString()).isEqualTo("UNKNOWN_INSTANCE");
    assertThat(finding.get("excludes").getAsBoolean()).isTrue();
    assertThat(run("explain", "why", "why-7", "--subset=none").code).isEqualTo(1);
  }

  private static void registerAt(String id, String endpoint, String locality, String status) {
    Run register =
        run(
            "register",
            "places",
            "--id=" + id,
            "--endpoint=" + endpoint + "=http://10.0.0.9:80",
            "--locality=" + locality,
            "--status=" + status,
            "--once");
    assertThat(register.code).as(register.err).isZero();
  }

  private static List<String> idsOf(String service, List<String> options) {
    var arguments = new ArrayList<>(List.of("resolve", service, "-o", "json"));
    arguments.addAll(options);
    JsonObject resolved =
        JsonParser.parseString(run(arguments.toArray(String[]::new)).out).getAsJsonObject();
    assertThat(resolved.get("oneRevision").getAsBoolean()).isTrue();
    return resolved.getAsJsonArray("instances").asList().stream()
        .map(instance -> instance.getAsJsonObject().get("id").getAsString())
        .toList();
  }

  @Test
  void aLeaseIsGrantedCarriesInstancesAndIsRevoked() {
    String lease = run("lease", "grant", "--ttl=60s").out.strip();
    for (String id : List.of("parts-1", "parts-2")) {
      var endpoint = "--endpoint=http://10.0.0.8:8080";
      assertThat(run("register", "parts", "--id=" + id, endpoint, "--lease=" + lease))
          .isEqualTo(new Run(0, "registered parts/" + id + "\n", ""));
    }
    JsonObject resolved =
        JsonParser.parseString(run("resolve", "parts", "-o", "json").out).getAsJsonObject();
    assertThat(resolved.getAsJsonArray("instances"))
        .extracting(instance -> instance.getAsJsonObject().get("leaseId").getAsString())
        .containsExactly(lease, lease);

    assertThat(run("lease", "revoke", lease))
        .isEqualTo(new Run(0, "revoked " + lease + " with 2 instances\n", ""));
    assertThat(run("resolve", "parts").code).isEqualTo(1);
    assertThat(run("lease", "revoke", lease).code).isEqualTo(1);
  }

  @Test
  void aLeaseIsKeptUntilItIsGone() {
    String json = run("lease", "grant", "--ttl=60s", "-o", "json").out;
    String lease = JsonParser.parseString(json).getAsJsonObject().get("leaseId").getAsString();
    var kept = CompletableFuture.supplyAsync(() -> run("lease", "keep", lease));

    assertThat(run("lease", "revoke", lease).code).isZero();
    assertThat(kept.join())
        .isEqualTo(new Run(1, "", "registryctl: no such lease: " + lease + "\n"));
  }

  @Test
  void optionsStandBeforeOrAfterTheVerb() {
    assertThat(run("-o", "json", "services").out).startsWith("[");
    assertThat(run("services", "-o", "json").out).startsWith("[");
  }

  @Test
  void whatIsNotThereIsNotFound() {
    Run run = run("deregister", "orders", "nobody");
    assertThat(run.code).isEqualTo(1);
    assertThat(run.err).startsWith("registryctl: ").hasLineCount(1);
    assertThat(run("resolve", "nothing-of-this-name").code).isEqualTo(1);
  }

  @Test
  void wrongUsageIsSaidInOneLineWithAWayOut() {
    for (String[] wrong :
        List.of(
            new String[] {"resolv"},
            new String[] {"resolve"},
            new String[] {},
            new String[] {"member"},
            new String[] {"lease"},
            new String[] {"kv"},
            new String[] {"kv", "put", "a"},
            new String[] {"lock", "a"},
            new String[] {"lock", "a", "--wait=1s", "--no-wait", "--", "true"},
            new String[] {"watch", "a", "--from=-1"},
            new String[] {"watch", "a", "--from=1", "--history=x"},
            new String[] {"watch", "a", "--from=1", "--exec=true"},
            new String[] {"resolve", "a", "--timeout=soon"},
            new String[] {"register", "a"},
            new String[] {"register", "a", "--endpoint=http://h:1", "--once", "--", "true"},
            new String[] {"register", "a", "--endpoint=http://h:1", "--lease=1", "--", "true"})) {
      Run run = run(wrong);
      assertThat(run.code).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(run.err).startsWith("registryctl: ").contains("try: registryctl");
    }
    assertThat(run("resolve", "a name with spaces").code).isEqualTo(2);
    assertThat(run("register", "a", "--endpoint=nonsense").code).isEqualTo(2);
    assertThat(run("register", "a", "--endpoint=http://h:1", "--ttl=1ms", "--once").code)
        .isEqualTo(2);
  }

  @Test
  void aRegistryOutOfReachIsUnavailable() {
    var err = new StringWriter();
    var command = RegistryCtl.commandLine().setErr(new PrintWriter(err));

    int code = command.execute("resolve", "a", "--endpoints=127.0.0.1:1", "--timeout=300ms");

    assertThat(code).isEqualTo(3);
    assertThat(err.toString()).startsWith("registryctl: ").hasLineCount(1);
  }

  @Test
  void nodesAreFoundThroughDns() {
    try (DnsServer dns = DnsServer.start()) {
      String name = "dns://" + dns.address() + "/cluster.example";
      dns.srv("_rollcall._tcp.cluster.example", 0, node.clientAddress().port(), "localhost");
      assertThat(run("member", "list", "--endpoints=" + name).code).isZero();

      dns.clear();
      dns.txt("txt.cluster.example", node.clientAddress().toString());
      assertThat(run("member", "list", "--endpoints=" + name).code).isZero();

      // Of the zone's own nodes there is one, and of the others none that listens.
      dns.clear();
      dns.srv("_rollcall._tcp.cluster.example", 0, 1, "localhost");
      dns.srv("_rollcall._tcp.z1.cluster.example", 0, node.clientAddress().port(), "localhost");
      assertThat(run("member", "list", "--endpoints=" + name, "--client-zone=z1").code).isZero();
      assertThat(run("member", "list", "--endpoints=" + name, "--timeout=300ms").code).isEqualTo(3);
      Run noZone = run("member", "list", "--endpoints=" + name, "--client-zone=z 1");
      assertThat(noZone.code).isEqualTo(2);
      assertThat(noZone.err).hasLineCount(1).contains("'z 1'");

      dns.clear();
      Run nobody = run("member", "list", "--endpoints=" + name);
      assertThat(nobody.code).isEqualTo(3);
      assertThat(nobody.err).hasLineCount(1).contains("_rollcall._tcp.cluster.example");
    }
    for (String endpoints : List.of("dns:cluster.example:7400", "127.0.0.1")) {
      Run misspelled = run("member", "list", "--endpoints=" + endpoints);
      assertThat(misspelled.code).isEqualTo(2);
      assertThat(misspelled.err).hasLineCount(1).contains("--endpoints: ", "'" + endpoints + "'");
    }
  }

  @Test
  void aProgramLendsItsExitCodeAndItsLife() {
    Run run = run("register", "jobs", "--endpoint=http://10.0.0.9:1", "--", "sh", "-c", "exit 7");

    assertThat(run.code).isEqualTo(7);
    assertThat(run("resolve", "jobs").code).isEqualTo(1);
  }

  @Test
  void membersAndStatusShowTheNode() {
    String id = node.nodeId().toString();

    assertThat(run("member", "list").out).contains(id).contains("yes");
    Run status = run("status", "-o", "json");

    assertThat(status.code).isZero();
    var row = JsonParser.parseString(status.out).getAsJsonArray().get(0).getAsJsonObject();
    assertThat(row.get("nodeId").getAsString()).isEqualTo(id);
    assertThat(row.get("role").getAsString()).isEqualTo("LEADER");
    assertThat(run("status").out).contains(id.substring(0, 8)).contains("LEADER");
  }

  @Test
  void changesOfMembersTakeAPrefixOfTheIdAndSayWhyNot() {
    String id = node.nodeId().toString();
    String prefix = id.substring(0, 8);

    assertThat(run("member", "promote", prefix).out).startsWith(id + " was already promoted");
    Run last = run("member", "remove", prefix);
    assertThat(last.code).isEqualTo(4);
    assertThat(last.err).startsWith("registryctl: ").hasLineCount(1);
    Run nobody = run("member", "remove", id.startsWith("f") ? "00000000" : "ffffffff");
    assertThat(nobody.code).isEqualTo(1);
    assertThat(run("member", "remove", "orders-1").code).isEqualTo(2);
    assertThat(run("member", "add").code).isEqualTo(2);
  }

  @Test
  void operatorsDrainOverrideAndUpdate() {
    run("register", "ops", "--id=a", "--endpoint=http://10.0.0.7:80", "--once", "--ttl=60s");

    assertThat(run("drain", "ops", "a", "--grace=1h").out).startsWith("ops/a is DRAINING until ");
    assertThat(run("get", "ops", "a").out)
        .contains("UP, effectively OUT_OF_SERVICE (DRAINING)")
        .contains("DRAINING until ");
    assertThat(run("resolve", "ops", "--healthy").code).isEqualTo(1);
    assertThat(run("drain", "ops", "a", "--cancel").out).isEqualTo("ops/a is ACTIVE\n");
    assertThat(run("drain", "ops", "a", "--now").out).isEqualTo("ops/a is TERMINATING\n");
    assertThat(run("drain", "ops", "a", "--now", "--cancel").code).isEqualTo(2);
    assertThat(run("drain", "ops", "b").code).isEqualTo(1);

    Run set = run("override", "set", "ops", "a", "UP", "--actor=me", "--reason=test", "--for=1h");
    assertThat(set.out).startsWith("ops/a is UP until ");
    assertThat(run("override", "list").out).contains("ops").contains("me").contains("test");
    var json = JsonParser.parseString(run("get", "ops", "a", "-o", "json").out).getAsJsonObject();
    assertThat(json.get("effectiveStatus").getAsString()).isEqualTo("UP");
    assertThat(json.getAsJsonObject("override").get("actor").getAsString()).isEqualTo("me");
    assertThat(run("override", "clear", "ops", "a").code).isZero();
    assertThat(run("override", "clear", "ops", "a").code).isEqualTo(1);
    assertThat(run("override", "set", "ops", "a", "UNKNOWN").code).isEqualTo(2);

    String revision = json.get("modRevision").getAsString();
    assertThat(run("update", "ops", "a", "--weight=7", "--tag=x").out)
        .startsWith("ops/a is as of revision ");
    assertThat(run("update", "ops", "a", "--weight=8", "--expect-revision=" + revision).code)
        .isEqualTo(4);
    assertThat(run("get", "ops", "a").out).contains("7").contains("x");
  }

  @Test
  void theGuardIsShownAndReleased() {
    var at = "--namespace=crowded";
    assertThat(run("guard", "status", at)).isEqualTo(new Run(0, "never engaged\n", ""));
    assertThat(run("guard", "release", at).code).isEqualTo(1);
    // Twice as many as may lapse of a small namespace within half a minute.
    for (int i = 0; i < 40; i++) {
      run("register", "crowd", "--id=" + i, "--endpoint=http://h:1", "--once", "--ttl=1s", at);
    }

    JsonObject guard = guard(at);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (guard.get("suspects").getAsInt() == 0) {
      assertThat(System.nanoTime() - deadline).as("%s", guard).isNegative();
      guard = guard(at);
    }
    assertThat(guard.get("engaged").getAsBoolean()).isTrue();
    assertThat(guard.get("since").getAsString()).isNotEmpty();
    assertThat(run("guard", "status", at).out).matches("engaged since .* leases suspect\\R");
    Run resolved = run("resolve", "crowd", at);
    assertThat(resolved.out).contains("UP, suspect");
    assertThat(resolved.err)
        .isEqualTo("registryctl: the guard is engaged: who is suspect may be gone\n");
    JsonObject json =
        JsonParser.parseString(run("resolve", "crowd", "-o", "json", at).out).getAsJsonObject();
    assertThat(json.get("guarded").getAsBoolean()).isTrue();

    assertThat(run("guard", "release", "--actor=", at).code).isEqualTo(2);
    assertThat(run("guard", "release", "--actor=ann", at).out)
        .matches("released: \\d+ suspect leases may expire\\R");
    assertThat(guard(at).get("releasedBy").getAsString()).isEqualTo("ann");
    assertThat(run("guard", "status", at).out).startsWith("released ").contains(" by ann: ");
    Run again = run("guard", "release", "--actor=ann", at);
    assertThat(again).isEqualTo(new Run(1, "the guard is not engaged\n", ""));
  }

  private static JsonObject guard(String namespace) {
    var json = run("guard", "status", "-o", "json", namespace).out;
    return JsonParser.parseString(json).getAsJsonObject();
  }

  @Test
  void aSpecIsPutShownUsedAndDeleted() {
    Run put =
        run(
            "spec",
            "put",
            "wares",
            "--default-ttl=15s",
            "--label=team=shop",
            "--floor=2",
            "--load-balancing=RING_HASH",
            "--subset=heavy=weight > 100",
            "--expect-revision=0");
    assertThat(put.out).startsWith("spec of wares is of revision ");
    assertThat(run("spec", "get", "wares").out)
        .contains("15s")
        .contains("label team")
        .contains("RING_HASH")
        .contains("weight > 100");
    assertThat(run("services", "wares").out).contains("wares");
    run("register", "wares", "--id=a", "--endpoint=http://10.0.0.7:80", "--once", "--ttl=60s");
    assertThat(run("resolve", "wares", "--subset=heavy").code).isEqualTo(1);
    Run none = run("resolve", "wares", "--subset=light");
    assertThat(none.err).hasLineCount(1).contains("SUBSET_NOT_FOUND");
    assertThat(run("spec", "put", "wares", "--expect-revision=0").code).isEqualTo(4);
    assertThat(run("spec", "delete", "wares").code).isZero();
    assertThat(run("spec", "delete", "wares").code).isEqualTo(1);
    assertThat(run("spec", "get", "wares").code).isEqualTo(1);
  }

  @Test
  void everyVerbExplainsItself() {
    for (String verb :
        List.of(
            "register",
            "deregister",
            "resolve",
            "get",
            "services",
            "watch",
            "update",
            "drain",
            "override",
            "spec",
            "lease",
            "kv",
            "lb",
            "lock",
            "guard",
            "status",
            "member")) {
      Run help = run(verb, "--help");
      assertThat(help.code).isZero();
      assertThat(help.out).contains("registryctl " + verb).contains("--endpoints");
    }
  }

  private static Run run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var all = new ArrayList<String>();
    if (arguments.length > 0) {
      all.add("--endpoints=" + node.clientAddress());
      all.add("--timeout=60s");
    }
    all.addAll(List.of(arguments));
    var command = RegistryCtl.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int code = command.execute(all.toArray(String[]::new));
    return new Run(code, out.toString(), err.toString());
  }
}
