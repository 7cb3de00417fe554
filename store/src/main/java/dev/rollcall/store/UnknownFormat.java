package dev.rollcall.store;

/**
 * Rows or a snapshot were written by another version, which this one does not know; nothing was
 * changed.
 */
public final class UnknownFormat extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is of which format, and which this version knows. */
  public UnknownFormat(String what, int found, int known) {
    super(
        found > known
            ? "%s is of format %d, this version knows formats up to %d: start a newer version"
                .formatted(what, found, known)
            : "%s is of format %d, from before the first release: this version knows format %d"
                .formatted(what, found, known));
  }
}
