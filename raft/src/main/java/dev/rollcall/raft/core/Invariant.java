package dev.rollcall.raft.core;

/**
 * A property that no input can break: if it is broken, the code or the disk is, and the node stops.
 */
public final class Invariant {
  private Invariant() {}

  /** Thrown when an invariant is broken; nobody catches it but the driver, which stops the node. */
  public static final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
      super(message);
    }
  }

  /**
   * As {@link #check(boolean, String, Object...)}, for two numbers on a hot path: boxes nothing.
   *
   * @throws Violation when {@code holds} is false
   */
  public static void check(boolean holds, String format, long first, long second) {
    if (!holds) {
      throw new Violation(String.format(format, first, second));
    }
  }

  /**
   * Checks, always on. The text is built only on failure, so the arguments should be at hand.
   *
   * @throws Violation when {@code holds} is false
   */
  @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency of the core
  public static void check(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new Violation(String.format(format, arguments));
    }
  }
}
