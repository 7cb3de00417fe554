package dev.rollcall.client.changes;

import dev.rollcall.client.RegistryException;
import java.util.OptionalLong;

/**
 * Hears of changes, on the client's callback thread, one call at a time. It may take its time:
 * nothing more is fetched from the registry than a bounded amount. An exception that it throws is
 * logged, and what it was told counts as told.
 */
public interface ChangeListener {
  /** What one revision changed; each is told once, whole, in order. */
  void changed(RevisionChanges changes);

  /** Nothing else happened up to a revision. */
  default void progressed(long revision) {}

  /** Changes come as they are made; told after {@link #degraded}. */
  default void live() {}

  /**
   * No changes may come for a while: the registry is out of reach, or has no leader. Attempts go
   * on.
   *
   * @param cause one line
   */
  default void degraded(String cause) {}

  /**
   * Some changes are not to be had any more. Comes after everything before them.
   *
   * @return the revision to go on from, of the gap's history; empty ends the feed
   */
  default OptionalLong gap(ChangeGap gap) {
    return OptionalLong.empty();
  }

  /**
   * The feed is over; the last call. Not called when the feed, or the client, was closed.
   *
   * @param cause COMPACTED or HISTORY_CHANGED after a gap, or why the registry refuses the query
   */
  default void ended(RegistryException cause) {}
}
