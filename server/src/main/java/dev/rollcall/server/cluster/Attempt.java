package dev.rollcall.server.cluster;

import dev.rollcall.v1.ErrorReason;
import java.util.function.Function;

/** What one try to have something done by the leader came to. */
sealed interface Attempt<T> {
  /** It is so. */
  record Done<T>(T value) implements Attempt<T> {}

  /** Nothing was changed, and another try, here or elsewhere, may do better. */
  record Again<T>(ErrorReason verdict, String message) implements Attempt<T> {}

  /** The same of what is made of the value. */
  default <U> Attempt<U> map(Function<T, U> answer) {
    return switch (this) {
      case Done<T>(T value) -> new Done<>(answer.apply(value));
      case Again<T>(ErrorReason verdict, String message) -> new Again<>(verdict, message);
    };
  }

  /** This node does not lead, or not for long enough. */
  static <T> Again<T> notLeading() {
    return new Again<>(
        ErrorReason.NO_QUORUM, "no leader with a quorum took the change; nothing was changed");
  }
}
