package dev.rollcall.store;

/** The rows were written by a later version than this one; nothing was changed. */
public final class UnknownFormat extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownFormat(int found, int known) {
    super(
        "the store is of format %d, this version knows formats up to %d: start a newer version"
            .formatted(found, known));
  }
}
