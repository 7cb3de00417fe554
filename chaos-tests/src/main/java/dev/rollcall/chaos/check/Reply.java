package dev.rollcall.chaos.check;

import dev.rollcall.store.Outcome;
import java.util.Map;

/** What somebody who asked a registry knows afterwards. */
public sealed interface Reply {
  /** The outcome of a write. */
  record Wrote(Outcome outcome) implements Reply {}

  /**
   * What a read showed.
   *
   * @param instances by instance id
   */
  record Showed(long revision, Map<String, Shown> instances) implements Reply {}

  /** Nothing was done, nor will be. */
  record Refused() implements Reply {}

  /** Nobody told; it may have been done, may be done later, or never. */
  record Unknown() implements Reply {}

  /** Nobody told, but the registry's own history has the change that was asked for. */
  record TookEffect() implements Reply {}

  /** What a history remembers of an instance. */
  record Shown(long modRevision, long incarnation, int weight) {}
}
