package dev.rollcall.server.gateway.http;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.server.replication.ReadPoint;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * The {@link Registry}, for callers that may wait: each call returns by its deadline, or throws an
 * operating failure as the status of {@link StatusMapper}. Any thread that may block, virtual ones
 * best.
 */
public final class RegistryCalls {
  private final Registry registry;

  /** Over the node's one door to the registry. */
  public RegistryCalls(Registry registry) {
    this.registry = registry;
  }

  /**
   * As {@link Registry#submit}. That the state refused is an outcome too.
   *
   * @throws StatusRuntimeException when there is no outcome
   */
  public Outcome submit(Request request, long deadlineNanos) {
    return await(done -> registry.submit(request, deadlineNanos, done));
  }

  /**
   * As {@link Registry#renew}: the TTLs in milliseconds, 0 for a lease that does not exist.
   *
   * @throws StatusRuntimeException when no quorum confirmed them
   */
  public List<Long> renew(List<Long> leaseIds, long deadlineNanos) {
    return await(done -> registry.renew(leaseIds, deadlineNanos, done));
  }

  /**
   * As {@link Registry#read}: what is read from the store afterwards is as fresh as asked.
   *
   * @throws StatusRuntimeException when it cannot be
   */
  public ReadPoint read(Consistency level, long deadlineNanos) {
    return await(done -> registry.read(level, deadlineNanos, done));
  }

  /**
   * The registry answers by the deadline, whatever happens, so the wait has no limit of its own.
   */
  private static <T> T await(Consumer<Consumer<Result<T>>> call) {
    var answer = new CompletableFuture<Result<T>>();
    call.accept(answer::complete);
    try {
      return switch (answer.get()) {
        case Result.Done<T>(var value) -> value;
        case Result.Failed<T> failed -> throw StatusMapper.failed(failed);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatusMapper.status(
          ErrorReason.OUTCOME_UNKNOWN, "the node stopped while the request was under way");
    } catch (ExecutionException e) {
      throw new AssertionError("answers are never exceptions", e);
    }
  }
}
