package dev.rollcall.store;

import org.jspecify.annotations.Nullable;

/**
 * A property that no input can break: if it is broken, the code or the disk is, and the node stops.
 */
public final class Invariant {
  private Invariant() {}

  /** Thrown when an invariant is broken; nobody catches it but the driver, which stops the node. */
  public static final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what was found, with what would have been right. */
    public Violation(String message, Throwable cause) {
      super(message, cause);
    }

    /** Says what was found. */
    public Violation(String message) {
      super(message);
    }
  }

  /**
   * Checks, always on. The text is built only on failure, so the arguments should be at hand.
   *
   * @throws Violation when {@code holds} is false
   */
  public static void check(boolean holds, String format, @Nullable Object... arguments) {
    if (!holds) {
      throw new Violation(String.format(format, arguments));
    }
  }
}
