package dev.rollcall.server.api;

import dev.rollcall.server.replication.Result;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one answer to a unary call. May be given from any thread: nothing is thrown when the caller
 * has hung up, and a fault in making the answer becomes INTERNAL for this caller instead of an
 * exception on the thread that answers, which may be the apply thread.
 *
 * @param <T> type of the answer
 */
public final class Reply<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

  private final StreamObserver<T> observer;

  private Reply(StreamObserver<T> observer) {
    this.observer = observer;
  }

  /** The reply to a call that just came in; to be called on the call's own thread. */
  public static <T> Reply<T> to(StreamObserver<T> observer) {
    if (observer instanceof ServerCallStreamObserver<T> call) {
      // With a handler set, answering a cancelled call does nothing; without one it throws.
      call.setOnCancelHandler(() -> {});
    }
    return new Reply<>(observer);
  }

  /** Runs the body of the call; what it refuses becomes the answer. */
  public void guard(Runnable body) {
    try {
      body.run();
    } catch (InvalidRequest e) {
      fail(StatusMapper.refused(e));
    } catch (StatusRuntimeException e) {
      fail(e);
    } catch (RuntimeException e) {
      fail(fault(e));
    }
  }

  /** Answers with what the supplier makes. */
  public void send(Supplier<T> answer) {
    guard(() -> {
      T value = answer.get();
      observer.onNext(value);
      observer.onCompleted();
    });
  }

  /** Answers a result: a value with what {@code answer} makes of it, a failure with its status. */
  public <V> void answer(Result<V> result, Function<V, T> answer) {
    switch (result) {
      case Result.Done<V> done -> send(() -> answer.apply(done.value()));
      case Result.Failed<V> failed -> fail(StatusMapper.failed(failed));
    }
  }

  /** Answers with a status. */
  public void fail(StatusRuntimeException status) {
    try {
      observer.onError(status);
    } catch (RuntimeException e) {
      LOG.debug("call was closed already", e);
    }
  }

  private static StatusRuntimeException fault(RuntimeException e) {
    LOG.error("fault while answering", e);
    return Status.INTERNAL
        .withDescription(ErrorReason.ERROR_REASON_UNSPECIFIED + ": fault of the node, see its log")
        .asRuntimeException();
  }
}
