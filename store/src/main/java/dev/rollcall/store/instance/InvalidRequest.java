package dev.rollcall.store.instance;

import java.util.regex.Pattern;

/** A request breaks a rule of the interface; found where it is parsed, before it enters the log. */
public final class InvalidRequest extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The rule broken; each has a reason of the same name in rollcall.v1.ErrorReason. */
  public enum Rule {
    /** Namespace, service or instance id. */
    INVALID_NAME,
    /** No endpoint. */
    ENDPOINT_REQUIRED,
    /** More than 16 endpoints. */
    TOO_MANY_ENDPOINTS,
    /** Endpoint name, protocol, host or port. */
    INVALID_ENDPOINT,
    /** Metadata pairs, bytes or keys. */
    METADATA_TOO_LARGE,
    /** Number or length of tags. */
    INVALID_TAGS,
    /** Weight over 65535. */
    INVALID_WEIGHT,
    /** TTL below 1 s or over 24 h. */
    TTL_OUT_OF_RANGE,
    /** Encoded record over 64 KiB. */
    RECORD_TOO_LARGE,
    /** Filter text, length or depth. */
    INVALID_FILTER,
    /** Key or prefix: length, or control characters. */
    INVALID_KEY,
    /** Value over 512 KiB. */
    VALUE_TOO_LARGE,
    /** Anything else; INVALID_REQUEST on the wire. */
    OTHER
  }

  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  private final Rule rule;

  /** Says in one line what is wrong and what would be right, whatever of the input it names. */
  public InvalidRequest(Rule rule, String message) {
    super(CONTROLS.matcher(message).replaceAll("?"));
    this.rule = rule;
  }

  /** The rule broken. */
  public Rule rule() {
    return rule;
  }
}
