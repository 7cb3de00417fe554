package dev.rollcall.client.transport;

/** What a connection is for. Each lane stays with its own node until that one fails. */
public enum Lane {
  /** Requests with one answer. */
  CALLS,
  /** The watch stream. */
  WATCH,
  /** The keepalive stream, alone on its connection: no big answer may delay it. */
  KEEPALIVE;

  /** Whether the lane has a connection of its own. */
  boolean isAlone() {
    return this == KEEPALIVE;
  }
}
