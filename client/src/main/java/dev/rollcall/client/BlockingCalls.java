package dev.rollcall.client;

import dev.rollcall.client.transport.Asking;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.UnaryCalls;
import dev.rollcall.client.transport.UnaryCalls.Answer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Requests whose caller waits for the answer. Any thread but the loop. */
final class BlockingCalls implements Asking {
  private final EventLoop loop;
  private final UnaryCalls calls;
  private final Duration callTimeout;
  private volatile boolean isClosed;

  BlockingCalls(EventLoop loop, UnaryCalls calls, Duration callTimeout) {
    this.loop = loop;
    this.calls = calls;
    this.callTimeout = callTimeout;
  }

  /** From now on asking is a mistake. */
  void close() {
    isClosed = true;
  }

  void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the client is closed");
    }
  }

  @Override
  public <Q, A> A ask(UnaryCall<Q, A> call) {
    requireOpen();
    return await(calls.call(call), call.isWrite());
  }

  /** Asks one node, once. */
  <Q, A> A ask(String address, UnaryCall<Q, A> call) {
    requireOpen();
    return await(calls.callNode(address, call), call.isWrite());
  }

  private <A> A await(CompletableFuture<Answer<A>> answer, boolean isWrite) {
    try {
      // The call ends by itself at its timeout; the slack is for a loop that has much to do.
      return loop.await(answer, callTimeout.plusSeconds(1)).message();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RegistryException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(false);
      throw unanswered("no answer in time", isWrite, e);
    } catch (InterruptedException e) {
      answer.cancel(false);
      Thread.currentThread().interrupt();
      throw unanswered("interrupted", isWrite, e);
    }
  }

  private static RegistryException unanswered(String why, boolean isWrite, Exception cause) {
    return isWrite
        ? new RegistryException.Indeterminate(why, cause)
        : new RegistryException.Unavailable(Reason.UNREACHABLE, why, cause);
  }
}
