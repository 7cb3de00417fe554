package dev.rollcall.client.watch;

import dev.rollcall.client.RegistryException;
import dev.rollcall.client.changes.ChangeGap;
import dev.rollcall.client.changes.RevisionChanges;

/** Hears what a CHANGES watch brings. Called on the loop; must not block. */
public interface ChangesListener {
  /** The watch stands, in this history; {@code nextRevision} is the first that may come. */
  void begun(long nextRevision, String historyId);

  /**
   * What one revision changed.
   *
   * @param bytes its encoded size
   */
  void changed(RevisionChanges changes, int bytes);

  /** Nothing else happened up to a revision. */
  void progressed(long revision);

  /** Everything up to it was heard by the program. */
  long appliedRevision();

  /** Whether so much waits to be heard that nothing more is to be taken from the node. */
  boolean isFull();

  /** Changes come as they are made, as far as a node can know that hears its leader. */
  void fresh();

  /** No changes may come for a while; the reason is one line for people. */
  void stale(String cause);

  /** The watch is over, because it cannot go on where it stands. */
  void gap(ChangeGap gap);

  /** The watch is over, because the registry refuses it. */
  void refused(RegistryException cause);
}
