package dev.rollcall.cli.lb;

/** What kept a load balancer from being asked or changed; the message is one line for people. */
public final class LoadBalancerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is the matter. */
  public enum Kind {
    /** It is not there, or does not answer: it may be back any moment. */
    UNREACHABLE,
    /**
     * It does not let us in, or its configuration does not allow it: somebody has to change that.
     */
    MISCONFIGURED,
    /** It does not take this one step; others it may. */
    STEP_REFUSED
  }

  private final Kind kind;

  LoadBalancerException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What is the matter. */
  public Kind kind() {
    return kind;
  }
}
