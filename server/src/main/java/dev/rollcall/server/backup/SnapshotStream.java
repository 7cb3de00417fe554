package dev.rollcall.server.backup;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.SnapshotConfig;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.backup.SnapshotStreams.Pinned;
import dev.rollcall.store.snapshot.Chunk;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.SaveSnapshotResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One snapshot on its way: pinned → sent, chunk by chunk → let go, whatever ended it. Its thread
 * does all of that and may wait for the disk, the rate and the reader; any thread may wake it.
 */
final class SnapshotStream {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotStream.class);
  private static final long PIN_SECONDS_MAX = 10;

  private final SnapshotStreams streams;
  private final ServerCallStreamObserver<SaveSnapshotResponse> call;
  private final Clock clock;
  private final SnapshotConfig limits;
  private final Semaphore news = new Semaphore(0);
  private final CompletableFuture<Pinned> pinned = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean isCancelled;
  private volatile @Nullable StatusRuntimeException goodbye;

  SnapshotStream(SnapshotStreams streams, ServerCallStreamObserver<SaveSnapshotResponse> call) {
    this.streams = streams;
    this.call = call;
    clock = streams.parts().clock();
    limits = streams.parts().limits();
    thread = Thread.ofPlatform().name("snapshot-save").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Something has changed that the thread may wait for. */
  void wake() {
    news.release();
  }

  /** Nobody reads any more. */
  void cancel() {
    isCancelled = true;
    giveUp(Status.CANCELLED.asRuntimeException());
  }

  /** Ends the stream, and waits until its rows are let go. */
  void end(StatusRuntimeException status) {
    goodbye = status;
    giveUp(status);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever the thread waits for, it need not. */
  private void giveUp(StatusRuntimeException status) {
    pinned.completeExceptionally(status);
    wake();
  }

  private void run() {
    try {
      send();
    } catch (StatusRuntimeException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(notReady("interrupted"));
    } catch (RuntimeException e) {
      LOG.error("fault while sending a snapshot", e);
      fail(Status.INTERNAL.withDescription("fault of the node, see its log").asRuntimeException());
    } finally {
      streams.isOver();
    }
  }

  private void send() throws InterruptedException {
    Pinned taken = pinned();
    try (var rows = taken.rows()) {
      if (taken.status().lastApplied() == 0) {
        throw notReady("this node has applied nothing yet");
      }
      call.onNext(streams.manifest(taken.status()));
      byte[] position = {};
      boolean isLast = false;
      long freeAtNanos = clock.nanoTime();
      while (!isLast) {
        awaitReady();
        awaitUntil(freeAtNanos);
        Chunk chunk = rows.chunk(position, limits.chunkBytesMax());
        call.onNext(streams.chunk(chunk.bytes()));
        freeAtNanos = clock.nanoTime() + nanosOf(chunk.bytes().length);
        position = chunk.position();
        isLast = chunk.isLast();
      }
    }
    streams.isServed();
    call.onCompleted();
  }

  private Pinned pinned() throws InterruptedException {
    streams.pin(pinned);
    try {
      return pinned.get(PIN_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      if (pinned.completeExceptionally(e)) {
        throw notReady("this node applies nothing at present");
      }
      return pinned.join();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException end
          ? end
          : new IllegalStateException(e.getCause());
    }
  }

  /** Until the connection takes more. */
  private void awaitReady() throws InterruptedException {
    long deadlineNanos = clock.nanoTime() + limits.idleMax().toNanos();
    while (isWanted() && !call.isReady()) {
      long leftNanos = deadlineNanos - clock.nanoTime();
      if (leftNanos <= 0) {
        throw notReady("nobody has read for %d s".formatted(limits.idleMax().toSeconds()));
      }
      await(leftNanos);
    }
  }

  /** Until the rate allows more. */
  private void awaitUntil(long nanoTime) throws InterruptedException {
    long leftNanos = nanoTime - clock.nanoTime();
    while (isWanted() && leftNanos > 0) {
      await(leftNanos);
      leftNanos = nanoTime - clock.nanoTime();
    }
  }

  private void await(long nanosMax) throws InterruptedException {
    if (news.tryAcquire(nanosMax, TimeUnit.NANOSECONDS)) {
      news.drainPermits();
    }
  }

  /** True, or the end of this. */
  private boolean isWanted() {
    StatusRuntimeException end = goodbye;
    if (end != null) {
      throw end;
    }
    if (isCancelled) {
      throw Status.CANCELLED.asRuntimeException();
    }
    return true;
  }

  private long nanosOf(long bytes) {
    return (long) (bytes * 1e9 / limits.bytesPerSecondMax());
  }

  private void fail(StatusRuntimeException status) {
    if (isCancelled) {
      return;
    }
    try {
      call.onError(status);
    } catch (RuntimeException e) {
      LOG.debug("the call was over already", e);
    }
  }

  private static StatusRuntimeException notReady(String why) {
    return StatusMapper.status(ErrorReason.NOT_READY, why);
  }
}
