package dev.rollcall.store.snapshot;

/** What was received is no snapshot, or not the whole of one; nothing came of it. */
public final class DamagedSnapshot extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong with it. */
  public DamagedSnapshot(String message) {
    super("damaged snapshot: " + message);
  }
}
