package dev.rollcall.store.instance;

import dev.rollcall.store.instance.InvalidRequest.Rule;

/**
 * What an operator says of an instance, over what it says of itself. Belongs to the instance's key,
 * not to its registration.
 *
 * @param actor who set it, 1 to 128 bytes
 * @param reason why, up to 1,024 bytes
 * @param expiresWallMillis when it ends by itself, by the replicated clock; 0 means never
 */
public record StatusOverride(Status status, String actor, String reason, long expiresWallMillis) {
  private static final int REASON_BYTES_MAX = 1_024;

  public StatusOverride {
    requireActor(actor);
    requireReason(reason);
    if (expiresWallMillis < 0) {
      throw new InvalidRequest(Rule.OTHER, "an override cannot end before 1970");
    }
  }

  /** Checks who says so. */
  public static void requireActor(String actor) {
    if (actor.isEmpty()) {
      throw new InvalidRequest(Rule.OTHER, "an override needs an actor: who sets it");
    }
    Names.requireBytesAtMost("actor", actor, Names.LABEL_BYTES_MAX);
  }

  /** Checks why. */
  public static void requireReason(String reason) {
    Names.requireBytesAtMost("reason", reason, REASON_BYTES_MAX);
  }
}
