package dev.rollcall.raft.log;

/**
 * The disk failed the log. Thrown once for the failure itself and again by every later call: a
 * failed force is never tried again, because the kernel may have dropped the pages and would call
 * the next one a success. The node stops; the next start reads what is really there.
 */
public final class LogFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LogFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
