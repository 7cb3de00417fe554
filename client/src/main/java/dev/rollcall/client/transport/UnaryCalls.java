package dev.rollcall.client.transport;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.Indeterminate;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.RegistryException.WrongCluster;
import dev.rollcall.client.transport.EventLoop.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests until one is answered or the caller's time is up. An attempt that another node may
 * do better is repeated there at once; when all nodes had their turn, after a jittered delay. All
 * repeats of the client share one {@link RetryBudget}.
 */
public final class UnaryCalls {
  private static final Duration ATTEMPT_MIN = Duration.ofMillis(500);
  private static final Duration ATTEMPT_MAX = Duration.ofSeconds(3);
  private static final Duration DELAY_MIN = Duration.ofMillis(50);
  private static final Duration DELAY_MAX = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Nodes nodes;
  private final RetryBudget budget;
  private final Set<Progress<?, ?>> open = new HashSet<>();
  private boolean isClosed;

  /** Calls nobody yet. */
  public UnaryCalls(EventLoop loop, Nodes nodes) {
    this.loop = loop;
    this.nodes = nodes;
    this.budget = new RetryBudget(loop.nanoTime());
  }

  /**
   * Starts a request. Any thread. The future completes on the loop, exceptionally only with a
   * {@link RegistryException}; canceling it ends the attempts.
   */
  public <Q, A> CompletableFuture<Answer<A>> call(UnaryCall<Q, A> call) {
    Progress<Q, A> progress = new Progress<>(call, null);
    loop.execute(progress::start);
    return progress.result;
  }

  /** Asks one node, once. Otherwise as {@link #call}. */
  public <Q, A> CompletableFuture<Answer<A>> callNode(String address, UnaryCall<Q, A> call) {
    Progress<Q, A> progress = new Progress<>(call, address);
    loop.execute(progress::start);
    return progress.result;
  }

  /**
   * Ends all requests: the client closes. A write that may have reached a node is indeterminate.
   */
  public void close() {
    isClosed = true;
    for (Progress<?, ?> progress : Set.copyOf(open)) {
      progress.closed();
    }
  }

  private static RegistryException closed() {
    return new Unavailable(Reason.OTHER, "the client was closed", null);
  }

  /**
   * An answer.
   *
   * @param sentAtNanos when the earliest attempt was sent that may have been executed, on the
   *     loop's clock
   */
  public record Answer<A>(A message, long sentAtNanos) {}

  /** One request on its way. */
  private final class Progress<Q, A> implements UnaryAttempt.Sink<A> {
    private final UnaryCall<Q, A> call;
    private final @Nullable String onlyAddress;
    private final CompletableFuture<Answer<A>> result = new CompletableFuture<>();
    private final Set<String> triedThisRound = new HashSet<>();
    private final Backoff rounds = Backoff.waiting(loop, DELAY_MIN, DELAY_MAX);
    private long deadlineNanos;
    private int attempts;
    private boolean anyMayBeExecuted;
    private long attemptAtNanos;
    private long executedAtNanos;
    private @Nullable CallFailure lastFailure;
    private @Nullable UnaryAttempt<Q, A> attempt;
    private Timer timer = Timer.NONE;

    Progress(UnaryCall<Q, A> call, @Nullable String onlyAddress) {
      this.call = call;
      this.onlyAddress = onlyAddress;
    }

    void start() {
      if (isClosed) {
        closed();
        return;
      }
      deadlineNanos = loop.nanoTime() + call.timeout().toNanos();
      open.add(this);
      Futures.whenDone(result, (answer, failure) -> loop.execute(this::forget));
      tryNext();
    }

    private void tryNext() {
      if (result.isDone()) {
        return;
      }
      Optional<Node> chosen =
          onlyAddress == null ? nodes.choose(Lane.CALLS) : Optional.of(nodes.at(onlyAddress));
      if (chosen.isEmpty()) {
        awaitNode();
        return;
      }
      timer.cancel();
      Node node = chosen.get();
      attempts++;
      attemptAtNanos = loop.nanoTime();
      triedThisRound.add(node.address());
      UnaryAttempt<Q, A> next = new UnaryAttempt<>(loop, node, this);
      attempt = next;
      next.start(nodes.channel(Lane.CALLS, node), call, attemptTime());
    }

    /**
     * Nobody can be asked before the directory has answered; it may take longer than the caller.
     */
    private void awaitNode() {
      timer.cancel();
      if (nodes.whenLookedUp(this::tryNext)) {
        Duration left = Duration.ofNanos(Math.max(deadlineNanos - loop.nanoTime(), 0));
        timer = loop.schedule(left, () -> end(stillLookingUp()));
      } else {
        end(nodes.noneLeft());
      }
    }

    private RegistryException stillLookingUp() {
      String spent = "no node was found within " + call.timeout().toMillis() + " ms";
      return new Unavailable(Reason.UNREACHABLE, spent + ": the lookup goes on", null);
    }

    private Duration attemptTime() {
      long left = Math.max(deadlineNanos - loop.nanoTime(), 1);
      if (onlyAddress != null) {
        return Duration.ofNanos(left);
      }
      // A third of the whole, so that one silent node leaves time for two others.
      long share =
          Math.max(
              ATTEMPT_MIN.toNanos(), Math.min(ATTEMPT_MAX.toNanos(), call.timeout().toNanos() / 3));
      return Duration.ofNanos(Math.min(left, share));
    }

    @Override
    public void answered(Node node, A answer) {
      Optional<WrongCluster> wrong = nodes.pin().check(call.header().apply(answer), node.address());
      if (wrong.isPresent()) {
        nodes.wrongCluster(node, wrong.get());
        end(wrong.get());
        return;
      }
      nodes.succeeded(node);
      open.remove(this);
      long sentAtNanos = anyMayBeExecuted ? executedAtNanos : attemptAtNanos;
      result.complete(new Answer<>(answer, sentAtNanos));
    }

    @Override
    public void failed(Node node, CallFailure failure) {
      if (result.isDone()) {
        return;
      }
      if (failure.verdict() != CallFailure.Verdict.RETRY) {
        // A session that is over does not remember what an earlier attempt came to.
        end(
            anyMayBeExecuted && failure.isOfSession()
                ? failure.timeUp(true, "")
                : failure.finalFailure());
        return;
      }
      if (call.isWrite() && failure.mayBeExecuted() && !anyMayBeExecuted) {
        anyMayBeExecuted = true;
        executedAtNanos = attemptAtNanos;
      }
      if (failure.isConnection()) {
        nodes.disconnect(Lane.CALLS, node);
      }
      if (!failure.isConnection() || lastFailure == null || lastFailure.isConnection()) {
        lastFailure = failure; // what the registry itself said tells more than a silent node
      }
      nodes.failed(Lane.CALLS, node);
      if (onlyAddress != null) {
        end(timeUp(failure));
        return;
      }
      retryAfter(max(pause(), failure.retryAfter()));
    }

    /** No pause while there are nodes that were not asked this round. */
    private Duration pause() {
      if (triedThisRound.size() < nodes.usableCount()) {
        return Duration.ZERO;
      }
      triedThisRound.clear();
      return rounds.next();
    }

    private void retryAfter(Duration atLeast) {
      long now = loop.nanoTime();
      Duration delay = max(atLeast, budget.take(now));
      if (delay.toNanos() >= deadlineNanos - now) {
        // No attempt fits in before the deadline: say so now rather than let the caller wait.
        budget.giveBack();
        CallFailure failure = lastFailure;
        if (failure != null) {
          end(timeUp(failure));
        }
        return;
      }
      timer = loop.schedule(delay, this::tryNext);
    }

    private RegistryException timeUp(CallFailure failure) {
      String hint =
          failure.reason() == Reason.NO_QUORUM && !call.isWrite()
              ? " (a read may ask for any, max_lag or min_revision)"
              : "";
      String spent = " within " + call.timeout().toMillis() + " ms, " + attempts + " attempts";
      return failure.timeUp(anyMayBeExecuted, spent + hint);
    }

    /** The client closes while this is under way. */
    void closed() {
      boolean isUnknown =
          call.isWrite() && (anyMayBeExecuted || (attempt != null && attempt.wasSent()));
      end(
          isUnknown
              ? new Indeterminate("outcome unknown: the client was closed before the answer", null)
              : UnaryCalls.closed());
    }

    void end(RegistryException failure) {
      open.remove(this);
      result.completeExceptionally(failure);
    }

    /** The result is there, or its owner lost interest. */
    private void forget() {
      open.remove(this);
      timer.cancel();
      if (attempt != null) {
        attempt.cancel();
      }
    }
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
