package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.server.backup.BackupCommands;
import dev.rollcall.server.backup.Backups;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.store.Features;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.OpenSessionRequest;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.SaveSnapshotRequest;
import dev.rollcall.v1.SaveSnapshotResponse;
import dev.rollcall.v1.ServiceSpec;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of a running node, saved over the wire, and what a node makes of it afterwards. */
class SnapshotSaveTest {
  private static final long TTL_MILLIS = 600_000;

  @TempDir Path directory;

  @Test
  void whatWasSavedIsRestoredInAnotherHistoryAndGoesOnFarAhead() throws IOException {
    Path file;
    RegisterResponse registered;
    RegisterResponse later;
    ByteString history;
    long session;
    try (var server = TestNode.single(directory.resolve("old"));
        var client = new TestClient(server.clientAddress())) {
      registered = client.register("orders", "i-1", TTL_MILLIS);
      client.register("orders", "gone", TTL_MILLIS);
      var deregister =
          dev.rollcall.v1.DeregisterRequest.newBuilder()
              .setKey(TestClient.key("orders", "gone"))
              .build();
      client.registration().deregister(deregister);
      session = client.openSession();
      OperationsGrpc.newBlockingStub(client.channel())
          .putServiceSpec(
              PutServiceSpecRequest.newBuilder()
                  .setSpec(ServiceSpec.newBuilder().setService("orders").putLabels("a", "b"))
                  .build());
      file = save(client);
      later = client.register("orders", "later", TTL_MILLIS);
      history = later.getHeader().getHistoryId();
    }
    assertThat(BackupCommands.run(new Invocation.InspectSnapshot(file, true), Features.CURRENT))
        .contains("\"instances\":{\"rows\":1,")
        .contains("\"sessions\":{\"rows\":1,");

    restore(file, directory.resolve("new"));

    try (var server = TestNode.single(directory.resolve("new"));
        var client = new TestClient(server.clientAddress())) {
      var resolved = client.resolve("orders");
      assertThat(client.ids("orders")).containsExactly("i-1");
      assertThat(resolved.getSpec().getLabelsMap()).containsEntry("a", "b");
      assertThat(resolved.getHeader().getClusterId())
          .isEqualTo(registered.getHeader().getClusterId());
      assertThat(resolved.getHeader().getHistoryId()).isNotEqualTo(history);
      assertThat(resolved.getHeader().getRevision())
          .isGreaterThanOrEqualTo(later.getHeader().getRevision() + (1 << 20));
      assertThat(server.storeStatus().sessions()).isZero();
      assertThat(server.storeStatus().compactRevision())
          .isEqualTo(server.storeStatus().revision() + 1);
      // The lease goes on; one given after the backup is nobody's, and never somebody else's.
      try (var keepAlive = new KeptAlive(client)) {
        assertThat(keepAlive.ttlMillis(registered.getLeaseId())).isEqualTo(TTL_MILLIS);
        RegisterResponse next = client.register("orders", "i-2", TTL_MILLIS);
        assertThat(next.getLeaseId()).isGreaterThan(later.getLeaseId());
        assertThat(keepAlive.ttlMillis(later.getLeaseId())).isZero();
      }
      assertThat(client.openSession()).isGreaterThan(session);
    }
    // And again from its own directory.
    try (var server = TestNode.single(directory.resolve("new"));
        var client = new TestClient(server.clientAddress())) {
      assertThat(client.ids("orders")).containsExactly("i-1", "i-2");
    }
  }

  @Test
  void oneSnapshotAtATimeAndOneThatNobodyWantsMakesRoom() throws IOException {
    try (var server = TestNode.single(directory);
        var client = new TestClient(server.clientAddress())) {
      // More than connections hold by themselves.
      for (int batch = 0; batch < 6; batch++) {
        registerLong(client, batch);
      }
      // The manifest is taken, and no chunk asked for.
      var first = new Saving(client);
      assertThat(first.next().hasManifest()).isTrue();
      assertThat(TestClient.refusal(() -> save(client))).isEqualTo("RESOURCE_EXHAUSTED OVERLOADED");
      first.cancel();
      // Which the node hears in its own time.
      Path file = null;
      while (file == null) {
        try {
          file = save(client);
        } catch (io.grpc.StatusRuntimeException e) {
          assertThat(TestClient.reason(e)).isEqualTo("RESOURCE_EXHAUSTED OVERLOADED");
        }
      }
      assertThat(BackupCommands.run(new Invocation.VerifySnapshot(file), Features.CURRENT))
          .contains("is whole");
      assertThat(Scrape.value(server, "rollcall_snapshots_saved_total")).isEqualTo(1);
    }
  }

  @Test
  void aNodeThatStopsEndsTheStreamAndLetsGoOfItsRows() {
    var server = TestNode.single(directory);
    try (var client = new TestClient(server.clientAddress())) {
      client.register("orders", "i-1", TTL_MILLIS);
      var saving = new Saving(client);
      assertThat(saving.next().hasManifest()).isTrue();
      server.close();
      assertThat(saving.ending()).isIn("UNAVAILABLE NOT_READY", "OK");
    }
    try (var again = TestNode.single(directory)) {
      assertThat(again.storeStatus().instances()).isEqualTo(1);
    }
  }

  @Test
  void theManifestSaysWhoMadeItAndWhen() {
    try (var server = TestNode.single(directory);
        var client = new TestClient(server.clientAddress())) {
      client.register("orders", "i-1", TTL_MILLIS);
      client.registration().openSession(OpenSessionRequest.getDefaultInstance());
      var first = new Saving(client).next();
      var manifest = first.getManifest();
      NodeId id = server.nodeId();
      assertThat(manifest.getNodeId()).isEqualTo(dev.rollcall.server.api.Headers.bytes(id));
      assertThat(manifest.getRevision()).isEqualTo(1).isEqualTo(first.getHeader().getRevision());
      assertThat(manifest.getAppliedIndex()).isEqualTo(server.storeStatus().lastApplied());
      assertThat(manifest.getFeatureLevel()).isEqualTo(Features.FIRST_LEVEL);
      assertThat(manifest.getRowsEstimate()).isBetween(3L, 10L);
      assertThat(manifest.getWallMillis()).isPositive();
    }
  }

  /** Saves as a client does. */
  private Path save(TestClient client) throws IOException {
    var answers = client.cluster().saveSnapshot(SaveSnapshotRequest.getDefaultInstance());
    byte[] manifest = answers.next().getManifest().toByteArray();
    var chunks = new ArrayList<byte[]>();
    answers.forEachRemaining(answer -> chunks.add(answer.getChunk().toByteArray()));
    return Files.write(directory.resolve("backup"), Backups.file(1, manifest, chunks));
  }

  private static void restore(Path file, Path target) {
    Invocation asked =
        ConfigReader.read(
            List.of("snapshot", "restore", file.toString(), "--data-dir=" + target), Map.of());
    BackupCommands.run(
        (Invocation.RestoreSnapshot) asked, Features.CURRENT, RandomGenerator.of("SecureRandom"));
  }

  /** A mebibyte of instances. */
  private static void registerLong(TestClient client, int batch) {
    var request = RegisterRequest.newBuilder().setTtlMillis(TTL_MILLIS);
    for (int i = 0; i < 100; i++) {
      request.addInstances(
          TestClient.instance("orders", "i-" + batch + "-" + i).toBuilder()
              .putMetadata("long", "x".repeat(10_000)));
    }
    client.registration().register(request.build());
  }

  /** A stream of keepalives. */
  private static final class KeptAlive implements AutoCloseable {
    private final TestClient.Stream<KeepAliveRequest, dev.rollcall.v1.KeepAliveResponse> stream;

    KeptAlive(TestClient client) {
      stream = client.keepAlive();
    }

    long ttlMillis(long leaseId) {
      stream.send(KeepAliveRequest.newBuilder().addLeaseIds(leaseId).build());
      return stream.next().getRenewals(0).getTtlMillis();
    }

    @Override
    public void close() {
      stream.end();
    }
  }

  /** A snapshot that is taken message by message. */
  private static final class Saving
      implements ClientResponseObserver<SaveSnapshotRequest, SaveSnapshotResponse> {
    private final LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<SaveSnapshotRequest> call;

    Saving(TestClient client) {
      ClusterGrpc.newStub(client.channel())
          .saveSnapshot(SaveSnapshotRequest.getDefaultInstance(), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SaveSnapshotRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(1);
    }

    SaveSnapshotResponse next() {
      return (SaveSnapshotResponse) take();
    }

    /** How it ended, whatever came before. */
    String ending() {
      Objects.requireNonNull(call).request(1_000);
      while (true) {
        switch (take()) {
          case Throwable failure -> {
            return TestClient.reason(failure);
          }
          case String end -> {
            return end;
          }
          case Object message -> {}
        }
      }
    }

    void cancel() {
      Objects.requireNonNull(call).cancel("enough", null);
    }

    private Object take() {
      try {
        return Objects.requireNonNull(heard.poll(60, TimeUnit.SECONDS), "silence");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void onNext(SaveSnapshotResponse message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      heard.add(failure);
    }

    @Override
    public void onCompleted() {
      heard.add("OK");
    }
  }
}
