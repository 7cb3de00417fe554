package dev.rollcall.chaos.check;

import java.util.Optional;

/**
 * One operation as its client saw it. It took effect at one moment between its call and its return,
 * both included; operations that meet in one moment are concurrent.
 *
 * @param client whose operation it is, for people
 * @param output empty when the client never learned the answer
 * @param returned {@link #NEVER} when it may take effect at any time after the call, or not at all
 */
public record Operation<I, O>(
    long client, I input, Optional<O> output, long called, long returned) {
  /** No moment of return: whether the operation took effect is unknown. */
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    if (returned < called) {
      throw new IllegalArgumentException("returned at " + returned + ", called at " + called);
    }
  }

  /** Whether it may have had no effect at all. */
  public boolean isOpen() {
    return returned == NEVER;
  }

  @Override
  public String toString() {
    return String.format(
        "%s to %s, client %d: %s -> %s",
        called,
        isOpen() ? "?" : String.valueOf(returned),
        client,
        input,
        output.map(Object::toString).orElse("?"));
  }
}
