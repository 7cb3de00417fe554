package dev.rollcall.store;

/**
 * Rows, a snapshot or an entry of the log need a feature level that this version does not know;
 * nothing was changed.
 */
public final class UnknownFeatureLevel extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what needs which level, and which this version knows. */
  public UnknownFeatureLevel(String what, int needed, int known) {
    super(
        "%s needs feature level %d, this version knows levels up to %d: start a newer version"
            .formatted(what, needed, known));
  }
}
