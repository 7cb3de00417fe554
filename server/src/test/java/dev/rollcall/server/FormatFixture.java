package dev.rollcall.server;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.server.backup.Backups;
import dev.rollcall.server.replication.Replay;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.StoreStatus;
import dev.rollcall.store.rocks.RocksOrderedStore;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.KeysGrpc;
import dev.rollcall.v1.ListOverridesRequest;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.RangeKeysRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.SaveSnapshotRequest;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.SetOverrideRequest;
import dev.rollcall.v1.Status;
import dev.rollcall.v1.UpdateRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * What a version leaves on disks, kept for every later one: a data directory with rows and with a
 * log that goes on behind them, a backup, and what both hold, in words that do not change.
 */
final class FormatFixture {
  private static final long TTL_MILLIS = 86_400_000;

  private FormatFixture() {}

  /** Makes the files of one: {@code data.zip}, {@code backup}, {@code expected.txt}. */
  static void make(Path target, Path scratch, LogIdentityOf identity) throws IOException {
    Files.createDirectories(target);
    Path data = scratch.resolve("data");
    try (var node = TestNode.single(data);
        var client = new TestClient(node.clientAddress())) {
      first(client);
    }
    try (var node = TestNode.single(data);
        var client = new TestClient(node.clientAddress())) {
      second(client);
      save(client, target.resolve("backup"));
      // As a power cut would leave it: the rows as far as they are flushed, the log to its end.
      zip(data, target.resolve("data.zip"));
    }
    Path copy = scratch.resolve("copy");
    unzip(target.resolve("data.zip"), copy);
    String state = state(copy, identity.of(copy));
    Files.writeString(target.resolve("expected.txt"), state + served(copy));
  }

  /** Who a data directory belongs to. */
  @FunctionalInterface
  interface LogIdentityOf {
    LogIdentity of(Path data) throws IOException;
  }

  /** The numbers of the registry once the whole log is applied, with no node around it. */
  static String state(Path data, LogIdentity identity) throws IOException {
    try (var disk = FileDisk.open(data.resolve("log"));
        var log = SegmentedLog.open(disk, identity, LogConfig.DEFAULT);
        var store = RegistryStore.open(RocksOrderedStore.open(data.resolve("state")))) {
      Replay.toTheEnd(log, store);
      StoreStatus status = store.status();
      return """
      cluster %s history %s
      applied %d revision %d compact %d
      digest %s
      instances %d leases %d sessions %d feature level %d
      """
          .formatted(
              identity.clusterId(),
              identity.historyId(),
              status.lastApplied(),
              status.revision(),
              status.compactRevision(),
              status.digest(),
              status.instances(),
              status.leases(),
              status.sessions(),
              status.featureLevel());
    }
  }

  /** What a node serves from a directory. */
  static String served(Path data) {
    var lines = new ArrayList<String>();
    try (var node = TestNode.single(data);
        var client = new TestClient(node.clientAddress())) {
      for (String service : List.of("orders", "payments", "emptied")) {
        var resolved =
            client.discovery().resolve(ResolveRequest.newBuilder().setService(service).build());
        resolved.getInstancesList().forEach(instance -> lines.add(line(instance)));
        if (resolved.hasSpec()) {
          lines.add(line(resolved.getSpec()));
        }
      }
      OperationsGrpc.newBlockingStub(client.channel())
          .listOverrides(ListOverridesRequest.getDefaultInstance())
          .getOverridesList()
          .forEach(each ->
              lines.add(
                  "override %s/%s %s by %s: %s"
                      .formatted(
                          each.getKey().getService(),
                          each.getKey().getInstanceId(),
                          each.getOverride().getStatus(),
                          each.getOverride().getActor(),
                          each.getOverride().getReason())));
      KeysGrpc.newBlockingStub(client.channel())
          .rangeKeys(RangeKeysRequest.getDefaultInstance())
          .getKeysList()
          .forEach(key -> lines.add(line(key)));
    }
    return String.join("\n", lines) + "\n";
  }

  static void unzip(Path zip, Path target) throws IOException {
    try (var in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path file = target.resolve(entry.getName());
        Files.createDirectories(file.resolveSibling(""));
        Files.copy(in, file);
      }
    }
  }

  private static void first(TestClient client) {
    RegisterResponse registered = client.register("orders", "i-1", TTL_MILLIS);
    client.register("orders", "i-2", TTL_MILLIS);
    client.register("emptied", "i-1", TTL_MILLIS);
    client
        .registration()
        .deregister(
            DeregisterRequest.newBuilder().setKey(TestClient.key("emptied", "i-1")).build());
    client.openSession();
    OperationsGrpc.newBlockingStub(client.channel())
        .putServiceSpec(
            PutServiceSpecRequest.newBuilder()
                .setSpec(
                    ServiceSpec.newBuilder()
                        .setService("orders")
                        .putLabels("team", "pay")
                        .putSubsets("heavy", "weight > 5"))
                .build());
    put(client, "config/a", "one", 0);
    put(client, "config/leased", "with the instance", registered.getLeaseId());
  }

  private static void second(TestClient client) {
    client.register("payments", "i-1", TTL_MILLIS);
    client
        .registration()
        .update(
            UpdateRequest.newBuilder()
                .setKey(TestClient.key("orders", "i-2"))
                .setWeight(7)
                .build());
    OperationsGrpc.newBlockingStub(client.channel())
        .setOverride(
            SetOverrideRequest.newBuilder()
                .setKey(TestClient.key("orders", "i-1"))
                .setStatus(Status.STATUS_OUT_OF_SERVICE)
                .setActor("an operator")
                .setReason("to be kept")
                .build());
    put(client, "config/a", "two", 0);
    put(client, "config/b", "", 0);
    KeysGrpc.newBlockingStub(client.channel())
        .deleteKeys(DeleteKeysRequest.newBuilder().setKey("config/b").build());
    client.openSession();
  }

  private static void put(TestClient client, String key, String value, long leaseId) {
    KeysGrpc.newBlockingStub(client.channel())
        .putKey(
            PutKeyRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .setLeaseId(leaseId)
                .build());
  }

  private static void save(TestClient client, Path file) throws IOException {
    var answers = client.cluster().saveSnapshot(SaveSnapshotRequest.getDefaultInstance());
    byte[] manifest = answers.next().getManifest().toByteArray();
    var chunks = new ArrayList<byte[]>();
    answers.forEachRemaining(answer -> chunks.add(answer.getChunk().toByteArray()));
    Files.write(file, Backups.file(1, manifest, chunks));
  }

  private static void zip(Path directory, Path zip) throws IOException {
    try (Stream<Path> files = Files.walk(directory);
        var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = directory.relativize(file).toString();
        boolean isNeeded =
            !name.startsWith("lib/") && !name.endsWith("lock") && !name.contains("/LOG");
        if (isNeeded && !name.equals("lock") && !name.startsWith("reserve")) {
          out.putNextEntry(new ZipEntry(name));
          Files.copy(file, out);
          out.closeEntry();
        }
      }
    }
  }

  private static String line(Instance instance) {
    return ("instance %s/%s incarnation %d lease %d created %d modified %d %s (%s) weight %d"
            + " at %s:%d")
        .formatted(
            instance.getService(),
            instance.getInstanceId(),
            instance.getIncarnation(),
            instance.getLeaseId(),
            instance.getCreateRevision(),
            instance.getModRevision(),
            instance.getStatus(),
            instance.getEffectiveStatus(),
            instance.getWeight(),
            instance.getEndpoints(0).getHost(),
            instance.getEndpoints(0).getPort());
  }

  private static String line(ServiceSpec spec) {
    return "spec %s modified %d labels %s subsets %s"
        .formatted(
            spec.getService(),
            spec.getModRevision(),
            new TreeMap<>(spec.getLabelsMap()),
            new TreeMap<>(spec.getSubsetsMap()));
  }

  private static String line(KeyValue key) {
    return "key %s '%s' created %d modified %d version %d lease %d"
        .formatted(
            key.getKey(),
            key.getValue().toStringUtf8(),
            key.getCreateRevision(),
            key.getModRevision(),
            key.getVersion(),
            key.getLeaseId());
  }
}
