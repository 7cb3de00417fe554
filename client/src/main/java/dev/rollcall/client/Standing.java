package dev.rollcall.client;

import java.time.Instant;
import java.util.Optional;

/**
 * What is so with an instance beside what it says of itself.
 *
 * @param effectiveStatus what callers should go by; UNKNOWN when the registry did not say
 * @param cause why
 * @param drainDeadline of a draining instance: when it will be taken for terminating, by the
 *     cluster's clock
 * @param override what an operator says of it
 * @param isSuspect whether its lease lapsed and is kept only because too many lapse at once
 */
public record Standing(
    InstanceStatus effectiveStatus,
    StatusCause cause,
    Lifecycle lifecycle,
    Optional<Instant> drainDeadline,
    Optional<StatusOverride> override,
    boolean isSuspect) {
  /** Of an instance of which the registry has said nothing: it is what it says of itself. */
  public static final Standing NOT_SAID =
      new Standing(
          InstanceStatus.UNKNOWN,
          StatusCause.REPORTED,
          Lifecycle.ACTIVE,
          Optional.empty(),
          Optional.empty(),
          false);
}
