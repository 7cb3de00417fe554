package dev.rollcall.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

/** A client that watches changes, and knows what they are to be. */
final class ChangesFollower {
  private final TrueHistory history;
  private final WatchScope scope;
  private final boolean filtered;

  /** The first revision that it has not had. */
  private long next;

  ChangesFollower(TrueHistory history, WatchScope scope, boolean filtered, long start) {
    this.history = history;
    this.scope = scope;
    this.filtered = filtered;
    next = start;
  }

  void take(ChangedRevision revision) {
    var expected = history.next(next, Long.MAX_VALUE, scope, filtered).orElseThrow();
    assertThat(revision.revision()).isEqualTo(expected.revision());
    assertThat(revision.wallMillis()).isEqualTo(expected.wallMillis());
    assertThat(revision.changes())
        .isEqualTo(TrueHistory.shown(expected.changes(), scope, filtered));
    next = revision.revision() + 1;
  }

  /** It was told that it has all up to a revision. */
  void isUpTo(long reached) {
    assertThat(history.next(next, reached, scope, filtered)).isEmpty();
  }

  /** It was told that the log begins only there. */
  void isLost(long compactRevision) {
    assertThat(compactRevision).isGreaterThan(next);
  }
}
