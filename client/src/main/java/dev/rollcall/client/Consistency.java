package dev.rollcall.client;

import java.time.Duration;

/** How fresh a read must be. */
public sealed interface Consistency {
  /** Sees every write acknowledged before the read was sent. Needs a quorum. The default. */
  static Consistency linearizable() {
    return new Linearizable();
  }

  /** Sees at least this revision; the node waits for it as long as the call may take. */
  static Consistency minRevision(long revision) {
    return new MinRevision(revision);
  }

  /** The node has heard from its leader, and applied all it then knew of, at most so long ago. */
  static Consistency maxLag(Duration lag) {
    return new MaxLag(lag);
  }

  /** Whatever the node knows. Answers even when there is no quorum. */
  static Consistency any() {
    return new Any();
  }

  /** See {@link Consistency#linearizable()}. */
  record Linearizable() implements Consistency {}

  /** See {@link Consistency#minRevision}. */
  record MinRevision(long revision) implements Consistency {
    /** Refuses a revision below 0. */
    public MinRevision {
      if (revision < 0) {
        throw new IllegalArgumentException("revision must not be negative: " + revision);
      }
    }
  }

  /** See {@link Consistency#maxLag}; counted in whole milliseconds. */
  record MaxLag(Duration lag) implements Consistency {
    /** Refuses a negative lag. */
    public MaxLag {
      if (lag.isNegative()) {
        throw new IllegalArgumentException("lag must not be negative: " + lag);
      }
    }
  }

  /** See {@link Consistency#any()}. */
  record Any() implements Consistency {}
}
