package dev.rollcall.server.backup;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.SnapshotConfig;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.config.Version;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.StoreStatus;
import dev.rollcall.store.snapshot.SnapshotReader;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.SaveSnapshotResponse;
import dev.rollcall.v1.SnapshotManifest;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of this node's registry on their way to clients: one at a time, each on a thread of its
 * own, no faster than nodes send each other theirs and no faster than it is read. The apply thread
 * only pins the rows. Any thread.
 */
public final class SnapshotStreams implements AutoCloseable {
  private final Parts parts;
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong bytesSent = new AtomicLong();
  private @Nullable SnapshotStream current; // guarded by this
  private @Nullable StatusRuntimeException goodbye; // guarded by this

  /**
   * What snapshots are made from.
   *
   * @param applyThread where the rows are pinned
   * @param limits of size, of rate, and of patience with one who does not read ({@code idleMax})
   */
  public record Parts(
      Executor applyThread,
      RegistryStore store,
      Clock clock,
      Headers headers,
      SnapshotConfig limits) {}

  /** Of one moment: the rows, and what is to be said of them. */
  record Pinned(StoreStatus status, SnapshotReader rows) {}

  /** Sends nothing yet. */
  public SnapshotStreams(Parts parts) {
    this.parts = parts;
  }

  /**
   * Begins to send a snapshot, unless another is under way; on the thread of a call that just came
   * in.
   */
  public void open(ServerCallStreamObserver<SaveSnapshotResponse> call) {
    var stream = new SnapshotStream(this, call);
    call.setOnReadyHandler(stream::wake);
    call.setOnCancelHandler(stream::cancel);
    StatusRuntimeException refusal = begin(stream);
    if (refusal != null) {
      call.onError(refusal);
    }
  }

  private synchronized @Nullable StatusRuntimeException begin(SnapshotStream stream) {
    if (goodbye != null) {
      return goodbye;
    }
    if (current != null) {
      return StatusMapper.status(
          ErrorReason.OVERLOADED,
          "this node is sending a snapshot to somebody else; ask another node, or later");
    }
    current = stream;
    stream.start();
    return null;
  }

  /** Snapshots sent to their end. */
  public long served() {
    return served.get();
  }

  /** Bytes of chunks sent. */
  public long bytesSent() {
    return bytesSent.get();
  }

  /** Snapshots under way: 0 or 1. */
  public synchronized int open() {
    return current == null ? 0 : 1;
  }

  /** Ends what is under way with this status, and begins nothing any more. */
  public void close(StatusRuntimeException status) {
    SnapshotStream last;
    synchronized (this) {
      if (goodbye == null) {
        goodbye = status;
      }
      last = current;
    }
    if (last != null) {
      last.end(status);
    }
  }

  @Override
  public void close() {
    close(StatusMapper.status(ErrorReason.NOT_READY, "the node is stopping; use another"));
  }

  Parts parts() {
    return parts;
  }

  /**
   * Has the apply thread pin the rows.
   *
   * @param pinned completed with them, unless it is by then: whoever gives up completes it
   */
  void pin(CompletableFuture<Pinned> pinned) {
    parts
        .applyThread()
        .execute(() -> {
          if (pinned.isDone()) {
            return;
          }
          var rows = parts.store().snapshot();
          if (!pinned.complete(new Pinned(parts.store().status(), rows))) {
            rows.close();
          }
        });
  }

  SaveSnapshotResponse manifest(StoreStatus status) {
    ResponseHeader header = parts.headers().at(status.revision());
    return SaveSnapshotResponse.newBuilder()
        .setHeader(header)
        .setManifest(
            SnapshotManifest.newBuilder()
                .setClusterId(header.getClusterId())
                .setHistoryId(header.getHistoryId())
                .setNodeId(header.getNodeId())
                .setRevision(status.revision())
                .setAppliedIndex(status.lastApplied())
                .setWallMillis(parts.clock().wallMillis())
                .setRowsEstimate(rowsEstimate(status))
                .setSoftwareVersion(Version.current())
                .setFeatureLevel(status.featureLevel()))
        .build();
  }

  SaveSnapshotResponse chunk(byte[] bytes) {
    bytesSent.addAndGet(bytes.length);
    return SaveSnapshotResponse.newBuilder().setChunk(ByteString.copyFrom(bytes)).build();
  }

  void isServed() {
    served.incrementAndGet();
  }

  synchronized void isOver() {
    current = null;
  }

  private static long rowsEstimate(StoreStatus status) {
    long changes = status.revision() + 1 - status.compactRevision();
    return status.instances() + status.leases() + status.sessions() + changes;
  }
}
