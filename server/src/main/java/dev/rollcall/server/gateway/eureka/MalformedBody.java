package dev.rollcall.server.gateway.eureka;

/** A request's body is not what it should be; the message says why, in one line. */
final class MalformedBody extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedBody(String message) {
    super(message);
  }
}
