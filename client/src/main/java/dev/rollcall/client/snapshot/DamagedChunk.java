package dev.rollcall.client.snapshot;

/** What arrived is not what a node sends. */
final class DamagedChunk extends Exception {
  private static final long serialVersionUID = 1L;

  DamagedChunk(String message) {
    super(message);
  }
}
