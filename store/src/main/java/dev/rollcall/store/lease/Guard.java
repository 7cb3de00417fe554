package dev.rollcall.store.lease;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import java.nio.charset.StandardCharsets;

/**
 * What is known of the guard of a namespace against mass expiry, once it was engaged: it is, or it
 * was released. While it is engaged, leases that lapse are suspect, and hardly any ends.
 *
 * @param sinceWallMillis replicated wall clock of the last change
 * @param leases there were of the namespace when it was engaged last
 * @param releasedBy the operator who released it; empty when it is engaged, or was released by the
 *     leader
 */
public record Guard(
    String foldedNamespace,
    boolean isEngaged,
    long sinceWallMillis,
    int leases,
    String releasedBy) {
  /** How long the name of who releases a guard is at most, in UTF-8. */
  public static final int ACTOR_BYTES_MAX = 128;

  /** The guard, engaged. */
  public static Guard engaged(String foldedNamespace, long wallMillis, int leases) {
    return new Guard(foldedNamespace, true, wallMillis, leases, "");
  }

  /** The same guard, released. */
  public Guard released(long wallMillis, String actor) {
    return new Guard(foldedNamespace, false, wallMillis, leases, actor);
  }

  /**
   * Checks who releases a guard; empty stands for the leader.
   *
   * @throws InvalidRequest when the name is too long
   */
  public static void requireActor(String actor) {
    int bytes = actor.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > ACTOR_BYTES_MAX) {
      throw new InvalidRequest(
          Rule.OTHER, "actor has at most %d bytes, not %d".formatted(ACTOR_BYTES_MAX, bytes));
    }
  }
}
