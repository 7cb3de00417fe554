package dev.rollcall.chaos.process;

/** The cluster under test did what it must not do, or did not do what it must; in one line. */
public final class ChaosFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says it. */
  public ChaosFailure(String message) {
    super(message);
  }

  /** Says it, with what was met. */
  public ChaosFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
