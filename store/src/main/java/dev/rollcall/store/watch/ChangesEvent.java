package dev.rollcall.store.watch;

/** What a {@link ChangesCursor} has next. */
public sealed interface ChangesEvent {
  /** All that one revision changed of what is watched. */
  record Changed(ChangedRevision revision) implements ChangesEvent {}

  /**
   * What comes next is in the change log: let {@link ChangesCursor#readLog} run on a thread that
   * may wait for a disk, and ask again once it has.
   */
  record NeedsLog() implements ChangesEvent {
    static final NeedsLog NOW = new NeedsLog();
  }

  /**
   * What comes next is no longer in the change log; nothing comes any more.
   *
   * @param compactRevision the lowest revision that a new cursor may begin with
   */
  record Lost(long compactRevision) implements ChangesEvent {}

  /**
   * Nothing now; the wake-up will be called when there is.
   *
   * @param reached everything that is watched up to this revision has been given
   */
  record Idle(long reached) implements ChangesEvent {}
}
