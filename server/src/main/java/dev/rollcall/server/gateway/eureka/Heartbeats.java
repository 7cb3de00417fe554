package dev.rollcall.server.gateway.eureka;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.v1.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Renewals for clients that are in no hurry: what comes within a tenth of a second is renewed
 * together, so that a fleet that sends hundreds of heartbeats a second, one by one, costs the
 * quorum ten rounds and not hundreds. Any thread that may block, virtual ones best: the first to
 * come waits and asks for the rest.
 */
final class Heartbeats {
  /** Renewed together at most; who comes then begins another batch. */
  static final int BATCH_MAX = 1_000;

  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Renewal renewal;
  private final Runnable gather;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Batch open; // guarded by lock

  /** Who renews leases; see {@link dev.rollcall.server.gateway.http.RegistryCalls#renew}. */
  @FunctionalInterface
  interface Renewal {
    List<Long> renew(List<Long> leaseIds, long deadlineNanos);
  }

  private static final class Batch {
    private final List<Long> leaseIds = new ArrayList<>();
    private final CompletableFuture<List<Long>> ttlMillis = new CompletableFuture<>();
  }

  Heartbeats(Renewal renewal) {
    this(renewal, () -> LockSupport.parkNanos(GATHER_NANOS));
  }

  /** {@code gather} waits while others come. */
  Heartbeats(Renewal renewal, Runnable gather) {
    this.renewal = renewal;
    this.gather = gather;
  }

  /**
   * Renews a lease.
   *
   * @return its TTL in milliseconds, 0 when it does not exist
   * @throws io.grpc.StatusRuntimeException when no quorum confirmed it
   */
  long renew(long leaseId, long deadlineNanos) {
    Batch batch;
    int place;
    lock.lock();
    try {
      batch = open == null ? new Batch() : open;
      place = batch.leaseIds.size();
      batch.leaseIds.add(leaseId);
      open = batch.leaseIds.size() < BATCH_MAX ? batch : null;
    } finally {
      lock.unlock();
    }
    if (place == 0) {
      gather.run();
      renew(batch, deadlineNanos);
    }
    return answer(batch).get(place);
  }

  private void renew(Batch batch, long deadlineNanos) {
    lock.lock();
    try {
      if (open == batch) {
        open = null;
      }
    } finally {
      lock.unlock();
    }
    try {
      batch.ttlMillis.complete(renewal.renew(List.copyOf(batch.leaseIds), deadlineNanos));
    } catch (RuntimeException e) {
      batch.ttlMillis.completeExceptionally(e);
    }
  }

  /** Whoever asks for the batch is answered by its deadline, which is nearly that of the others. */
  private static List<Long> answer(Batch batch) {
    try {
      return batch.ttlMillis.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatusMapper.status(
          ErrorReason.OUTCOME_UNKNOWN, "the node stopped while the request was under way");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError("a renewal fails with what the gateway can answer", e);
    }
  }
}
