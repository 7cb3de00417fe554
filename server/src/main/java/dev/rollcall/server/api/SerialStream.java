package dev.rollcall.server.api;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.CallStreamObserver;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending side of a stream that any thread may use: what is offered leaves in the order of the
 * offers, one at a time, on whichever thread comes by. Never throws, never blocks, holds no lock
 * while sending. What is offered after the end is dropped.
 *
 * @param <T> type of the messages
 */
public final class SerialStream<T> {
  private static final Logger LOG = LoggerFactory.getLogger(SerialStream.class);

  private final CallStreamObserver<T> out;
  private final ConcurrentLinkedQueue<Step<T>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger work = new AtomicInteger();
  // Written by whoever drains; the counter orders the drains.
  private boolean ended;

  /** Wraps a stream that nobody else sends on. */
  public SerialStream(CallStreamObserver<T> out) {
    this.out = out;
  }

  private sealed interface Step<T> {
    record Message<T>(T message) implements Step<T> {}

    record End<T>() implements Step<T> {}

    record Failure<T>(StatusRuntimeException status) implements Step<T> {}
  }

  /** Puts a message into its place; it leaves with the next {@link #drain}. */
  public void offer(T message) {
    queue.add(new Step.Message<>(message));
  }

  /** Sends a message after all that was offered before. */
  public void send(T message) {
    offer(message);
    drain();
  }

  /** Ends the stream after all that was offered before. */
  public void end() {
    queue.add(new Step.End<>());
    drain();
  }

  /** Ends the stream with a status after all that was offered before. */
  public void end(StatusRuntimeException status) {
    queue.add(new Step.Failure<>(status));
    drain();
  }

  /** Sends what was offered, unless another thread is at it, which then does. */
  public void drain() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      Step<T> step = queue.poll();
      while (step != null) {
        take(step);
        step = queue.poll();
      }
      missed = work.addAndGet(-missed);
    } while (missed != 0);
  }

  private void take(Step<T> step) {
    if (ended) {
      return;
    }
    try {
      switch (step) {
        case Step.Message<T> message -> out.onNext(message.message());
        case Step.End<T> end -> {
          ended = true;
          out.onCompleted();
        }
        case Step.Failure<T> failure -> {
          ended = true;
          out.onError(failure.status());
        }
      }
    } catch (RuntimeException e) {
      ended = true;
      LOG.debug("stream broke while sending", e);
      cancel(e);
    }
  }

  private void cancel(RuntimeException cause) {
    try {
      out.onError(Status.INTERNAL.withCause(cause).asRuntimeException());
    } catch (RuntimeException e) {
      LOG.debug("stream was closed already", e);
    }
  }
}
