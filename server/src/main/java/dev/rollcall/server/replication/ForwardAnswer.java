package dev.rollcall.server.replication;

import dev.rollcall.store.Outcome;
import java.util.List;

/** Answers a {@link ForwardRequest}. */
public sealed interface ForwardAnswer {
  /** The command was executed; this is its outcome. */
  record Decided(Outcome outcome) implements ForwardAnswer {}

  /** TTLs in milliseconds in the order of the ids asked, 0 for a lease that does not exist. */
  record Renewed(List<Long> ttlMillis) implements ForwardAnswer {
    public Renewed {
      ttlMillis = List.copyOf(ttlMillis);
    }
  }

  /** There is no outcome. */
  record Refused(Reason reason) implements ForwardAnswer {}

  /** Why there is no outcome. */
  enum Reason {
    /** Not executed: the addressee does not lead, or was not reached at all. */
    NOT_LEADER,
    /** Not executed: too much in flight. */
    OVERLOADED,
    /** Not executed: a registration, and the leader's disk is nearly full. */
    DISK_LOW,
    /** May or may not be executed: the link broke after sending, or the wait is over. */
    INDETERMINATE
  }
}
