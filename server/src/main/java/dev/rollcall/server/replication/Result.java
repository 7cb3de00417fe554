package dev.rollcall.server.replication;

/**
 * What the {@link Registry} answers: a value, or an operating failure. That a command was refused
 * by the state (no such lease, stale incarnation) is a value.
 *
 * @param <T> the value
 */
public sealed interface Result<T> {
  /** It was done. */
  record Done<T>(T value) implements Result<T> {}

  /**
   * It was not done, or nobody knows.
   *
   * @param message one line for people: what happened and what they can do
   */
  record Failed<T>(Failure failure, String message) implements Result<T> {}
}
