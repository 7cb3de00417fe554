package dev.rollcall.server.api;

import dev.rollcall.raft.driver.Clock;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long the node works on a call, so that its own answer arrives before the caller gives up. */
public final class CallDeadline {
  /** For a call without a deadline. */
  public static final Duration DEFAULT = Duration.ofSeconds(10);

  /** However long a caller would wait. */
  public static final Duration MAX = Duration.ofSeconds(60);

  private static final int MARGIN_PART = 5;
  private static final long MARGIN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

  private CallDeadline() {}

  /**
   * Deadline of the current call on the node's clock. A fifth of what is left, 500 ms at most, is
   * kept for the answer's way: a caller should see NO_QUORUM rather than its own DEADLINE_EXCEEDED,
   * which tells nothing of whether the request was executed.
   */
  public static long nanos(Clock clock) {
    Deadline deadline = Context.current().getDeadline();
    long left = DEFAULT.toNanos();
    if (deadline != null) {
      left = Math.min(deadline.timeRemaining(TimeUnit.NANOSECONDS), MAX.toNanos());
    }
    return clock.nanoTime() + left - Math.min(left / MARGIN_PART, MARGIN_NANOS_MAX);
  }
}
