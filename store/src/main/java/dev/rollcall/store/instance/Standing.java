package dev.rollcall.store.instance;

import java.util.Optional;

/**
 * What is so with an instance beside what it says of itself.
 *
 * @param drainDeadlineWallMillis by the replicated clock, while it is DRAINING; else 0
 * @param override what an operator says instead of its status
 * @param isSuspect whether its lease lapsed and is kept only because too many lapse at once, or by
 *     the floor of a service
 */
public record Standing(
    Lifecycle lifecycle,
    long drainDeadlineWallMillis,
    Optional<StatusOverride> override,
    boolean isSuspect) {
  /** At work, and nothing else. */
  public static final Standing PLAIN = new Standing(Lifecycle.ACTIVE, 0, Optional.empty(), false);

  public Standing {
    if ((lifecycle == Lifecycle.DRAINING) != (drainDeadlineWallMillis > 0)) {
      throw new IllegalArgumentException(
          "%s with a deadline of %d".formatted(lifecycle, drainDeadlineWallMillis));
    }
  }

  /** That of a life that begins under this override, or under none. */
  public static Standing begin(Optional<StatusOverride> override) {
    return PLAIN.with(override);
  }

  /** The same in another part of its life. */
  public Standing with(Lifecycle next, long deadlineWallMillis) {
    return new Standing(next, deadlineWallMillis, override, isSuspect);
  }

  /** The same under another override, or under none. */
  public Standing with(Optional<StatusOverride> other) {
    return other.equals(override)
        ? this
        : new Standing(lifecycle, drainDeadlineWallMillis, other, isSuspect);
  }

  /** The same, suspect or not. */
  public Standing suspect(boolean suspect) {
    return new Standing(lifecycle, drainDeadlineWallMillis, override, suspect);
  }

  /** What callers should go by, of an instance that reports this. */
  public Status effective(Status reported) {
    return switch (cause(reported)) {
      case OVERRIDE -> override.orElseThrow().status();
      case DRAINING, TERMINATING -> Status.OUT_OF_SERVICE;
      case REPORTED, SUSPECT -> reported;
    };
  }

  /** Why they should. An instance that is not up anyway is no worse for being suspect. */
  public StatusCause cause(Status reported) {
    if (override.isPresent()) {
      return StatusCause.OVERRIDE;
    }
    return switch (lifecycle) {
      case DRAINING -> StatusCause.DRAINING;
      case TERMINATING -> StatusCause.TERMINATING;
      case ACTIVE ->
          isSuspect && reported == Status.UP ? StatusCause.SUSPECT : StatusCause.REPORTED;
    };
  }
}
