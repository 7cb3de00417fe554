package dev.rollcall.store;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import java.util.Optional;

/**
 * A command with what makes it safe to repeat (docs/architecture.md, decision 13).
 *
 * @param repeat present when the session remembers the outcome; Register and Deregister need none,
 *     since the incarnation makes them repeatable
 */
public record Request(Command command, Optional<Repeat> repeat) {
  /** A command that needs no session. */
  public static Request of(Command command) {
    return new Request(command, Optional.empty());
  }

  /**
   * Names a write within a client session.
   *
   * @param sessionId positive
   * @param sequence from 1, never reused in the session
   * @param lowestUnacknowledged the server forgets outcomes of lower sequences; 0 to {@code
   *     sequence}
   */
  public record Repeat(long sessionId, long sequence, long lowestUnacknowledged) {
    public Repeat {
      if (sessionId <= 0 || sequence <= 0) {
        throw new InvalidRequest(
            Rule.OTHER,
            "session id and sequence must be positive: %d, %d".formatted(sessionId, sequence));
      }
      if (lowestUnacknowledged < 0 || lowestUnacknowledged > sequence) {
        throw new InvalidRequest(
            Rule.OTHER,
            "lowest unacknowledged must be 0 to the sequence %d: %d"
                .formatted(sequence, lowestUnacknowledged));
      }
    }
  }
}
