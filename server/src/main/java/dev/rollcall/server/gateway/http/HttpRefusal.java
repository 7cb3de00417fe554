package dev.rollcall.server.gateway.http;

import java.util.Map;

/** An answer that is an error: its status, and one line for people. */
public final class HttpRefusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient HttpAnswer answer;

  /** An answer of any form. */
  public HttpRefusal(HttpAnswer answer) {
    super("HTTP " + answer.status(), null, false, false);
    this.answer = answer;
  }

  /** A status and one line, as {@link HttpErrors} writes them. */
  public HttpRefusal(int status, String reason, String message) {
    this(HttpErrors.answer(status, reason, message, Map.of()));
  }

  /** A path that is there, for other methods. */
  public static HttpRefusal methodNotAllowed(HttpCall call, String... allowed) {
    String allow = String.join(", ", allowed);
    return new HttpRefusal(
        HttpErrors.answer(
                405, "METHOD_NOT_ALLOWED", "%s is not for %s".formatted(allow, call), Map.of())
            .with("Allow", allow));
  }

  /** A request that breaks a rule which has no name of its own. */
  public static HttpRefusal invalid(String message) {
    return new HttpRefusal(400, "INVALID_REQUEST", message);
  }

  /** What is answered. */
  public HttpAnswer answer() {
    return answer;
  }
}
