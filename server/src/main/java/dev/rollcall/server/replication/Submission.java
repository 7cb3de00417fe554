package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Failure.INDETERMINATE;
import static dev.rollcall.server.replication.Failure.NO_QUORUM;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.server.replication.Result.Failed;
import dev.rollcall.store.Outcome;

/**
 * One write on its way: waiting → attempted ({@link #begin}) → answered, or waiting again when the
 * attempt certainly came to nothing ({@link #cameToNothing}), or when nobody knows and the command
 * may be repeated ({@link #brokeOff}). At most one attempt counts at a time; news of older ones is
 * ignored, but for an outcome, which is the outcome whoever brings it. Any thread, short lock.
 */
final class Submission {
  /** The deadline came and nothing was executed. */
  static final Failed<Outcome> NOT_EXECUTED =
      new Failed<>(
          NO_QUORUM, "no leader with a quorum took the write within its deadline; nothing changed");

  /** The deadline came and nobody knows. */
  static final Failed<Outcome> UNKNOWN =
      new Failed<>(
          INDETERMINATE,
          "a leader was given the write and its outcome was not heard within the deadline:"
              + " it may or may not take effect");

  private final Payload command;
  private final boolean isRepeatable;
  private final boolean isReserved;
  private final int featureLevel;
  private final Pending<Outcome> pending;
  // Guarded by this.
  private int attempt;
  private boolean isInFlight;
  private int timesBrokenOff;

  /**
   * @param isRepeatable whether executing the command twice has the effect and outcome of once
   * @param isReserved whether it passes when the queue is full for others
   * @param featureLevel that the command needs
   */
  Submission(
      Payload command,
      boolean isRepeatable,
      boolean isReserved,
      int featureLevel,
      Pending<Outcome> pending) {
    this.command = command;
    this.isRepeatable = isRepeatable;
    this.isReserved = isReserved;
    this.featureLevel = featureLevel;
    this.pending = pending;
  }

  Payload command() {
    return command;
  }

  boolean isRepeatable() {
    return isRepeatable;
  }

  boolean isReserved() {
    return isReserved;
  }

  int featureLevel() {
    return featureLevel;
  }

  Pending<Outcome> pending() {
    return pending;
  }

  /** Begins an attempt and gives its number, or 0 when the request is answered already. */
  synchronized int begin() {
    if (!pending.expect(UNKNOWN)) {
      return 0;
    }
    isInFlight = true;
    return ++attempt;
  }

  /** The attempt was not and will not be executed. Returns whether to try again. */
  synchronized boolean cameToNothing(int ofAttempt) {
    if (!isInFlight || ofAttempt != attempt) {
      return false;
    }
    isInFlight = false;
    if (timesBrokenOff == 0) {
      pending.expect(NOT_EXECUTED);
    }
    return true;
  }

  /** Nobody knows what became of the attempt. Returns whether to try again or give up. */
  synchronized boolean brokeOff(int ofAttempt) {
    if (!isInFlight || ofAttempt != attempt) {
      return false;
    }
    isInFlight = false;
    timesBrokenOff++;
    return true;
  }

  /** How many attempts may yet turn out to have been executed. */
  synchronized int timesBrokenOff() {
    return timesBrokenOff;
  }
}
