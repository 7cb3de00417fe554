package dev.rollcall.client;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to the registry failed. The kinds are the nested classes; each says whether the request
 * was executed and what to do. Mistakes in using the client itself (a closed client, a negative
 * timeout) are {@link IllegalStateException} and {@link IllegalArgumentException} instead.
 */
public abstract sealed class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whether a failed request took effect. */
  public enum Executed {
    /** It did not and will not. */
    NO,
    /** It may have, or still may. */
    UNKNOWN
  }

  private final Reason reason;

  private RegistryException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why, by the registry's names. */
  public final Reason reason() {
    return reason;
  }

  /** Whether the request took effect. */
  public abstract Executed executed();

  /**
   * No node could do it in time: none answered, there is no quorum, or all are overloaded. Not
   * executed. Try again later; a read may ask for {@link Consistency#any()} or {@link
   * Consistency#maxLag} instead.
   */
  public static final class Unavailable extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Made by the client. */
    public Unavailable(Reason reason, String message, @Nullable Throwable cause) {
      super(reason, message, cause);
    }

    @Override
    public Executed executed() {
      return Executed.NO;
    }
  }

  /**
   * A write got no answer in time: it may have taken effect, or still may. Repeating it is safe:
   * registrations and deregistrations are told apart by their incarnation. A write of keys comes
   * after the first one then; where it expects a revision, or compares, that is safe too.
   */
  public static final class Indeterminate extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Made by the client. */
    public Indeterminate(String message, @Nullable Throwable cause) {
      super(Reason.OUTCOME_UNKNOWN, message, cause);
    }

    @Override
    public Executed executed() {
      return Executed.UNKNOWN;
    }
  }

  /** What the request names does not exist. Not executed; repeating it will not help. */
  public static final class NotFound extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Made by the client. */
    public NotFound(Reason reason, String message, @Nullable Throwable cause) {
      super(reason, message, cause);
    }

    @Override
    public Executed executed() {
      return Executed.NO;
    }
  }

  /**
   * The registry understood and said no: {@link #reason()} tells why. Not executed; repeating the
   * same request will not help.
   */
  public static final class Refused extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final long incarnation;

    /**
     * Made by the client.
     *
     * @param incarnation with STALE_INCARNATION the one to exceed, else 0
     */
    public Refused(Reason reason, String message, long incarnation, @Nullable Throwable cause) {
      super(reason, message, cause);
      this.incarnation = incarnation;
    }

    /** With {@link Reason#STALE_INCARNATION} the incarnation that a new life must exceed. */
    public OptionalLong incarnation() {
      return incarnation > 0 ? OptionalLong.of(incarnation) : OptionalLong.empty();
    }

    @Override
    public Executed executed() {
      return Executed.NO;
    }
  }

  /**
   * The request breaks a rule, found here or by the registry. Not executed; correct the request.
   */
  public static final class InvalidRequest extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Made by the client. */
    public InvalidRequest(Reason reason, String message) {
      super(reason, message, null);
    }

    @Override
    public Executed executed() {
      return Executed.NO;
    }
  }

  /**
   * A node of another cluster answered than the one this client saw first. If the request was a
   * write, that other cluster may have executed it. Correct the client's endpoints: they name nodes
   * of different clusters.
   */
  public static final class WrongCluster extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Made by the client. */
    public WrongCluster(String message) {
      super(Reason.HISTORY_CHANGED, message, null);
    }

    @Override
    public Executed executed() {
      return Executed.UNKNOWN;
    }
  }
}
