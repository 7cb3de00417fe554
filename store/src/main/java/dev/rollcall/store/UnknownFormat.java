package dev.rollcall.store;

/** Rows or a snapshot were written by a later version than this one; nothing was changed. */
public final class UnknownFormat extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is of which format, and which this version knows. */
  public UnknownFormat(String what, int found, int known) {
    super(
        "%s is of format %d, this version knows formats up to %d: start a newer version"
            .formatted(what, found, known));
  }
}
