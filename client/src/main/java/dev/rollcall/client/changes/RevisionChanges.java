package dev.rollcall.client.changes;

import java.time.Instant;
import java.util.List;

/**
 * What one revision changed of what is watched: all of it.
 *
 * @param revision which
 * @param time the cluster's wall clock then
 * @param changes one or more, in the order in which they were made
 */
public record RevisionChanges(long revision, Instant time, List<Change> changes) {
  /** Keeps a list of its own. */
  public RevisionChanges {
    changes = List.copyOf(changes);
  }
}
