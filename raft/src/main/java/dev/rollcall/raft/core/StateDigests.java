package dev.rollcall.raft.core;

import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Digests of this node's own state, and the latest that a majority agreed on; whether it leads or
 * not, and across terms, since both speak of committed entries. The two meet at an index in either
 * order: a node that lags hears what was agreed before it gets there.
 *
 * <p>Kept are the last {@value #KEPT} of its own. Of more than that between two heartbeats some go
 * uncompared; as a digest covers all that came before it, the next one makes good for them.
 */
final class StateDigests {
  private static final int KEPT = 8;

  private final Outbox out;
  private final TreeMap<Long, Payload> own = new TreeMap<>();
  private @Nullable StateDigest agreed;
  private boolean diverged;
  private long replacedUpTo;

  StateDigests(Outbox out) {
    this.out = out;
  }

  /** The state machine has come to a {@link EntryKind#VERIFY} entry. */
  void digested(StateDigest digest) {
    if (digest.index() <= replacedUpTo) {
      return;
    }
    Invariant.check(
        own.isEmpty() || own.lastKey() < digest.index(), "digest at %d again", digest.index());
    own.put(digest.index(), digest.digest());
    if (own.size() > KEPT) {
      own.pollFirstEntry();
    }
    compare();
  }

  /** A majority agreed on this, or on nothing; says so on to whoever follows. */
  void agreedOn(StateDigest digest) {
    if (agreed == null || digest.index() > agreed.index()) {
      agreed = digest;
      compare();
    }
  }

  /**
   * The state is another one now, as of this index. What was known of the old one is void, and what
   * is still to be heard of it.
   */
  void stateReplaced(long index) {
    own.clear();
    replacedUpTo = index;
  }

  /** The latest of its own. */
  Optional<StateDigest> latest() {
    return own.isEmpty()
        ? Optional.empty()
        : Optional.of(new StateDigest(own.lastKey(), own.lastEntry().getValue()));
  }

  Optional<StateDigest> agreed() {
    return Optional.ofNullable(agreed);
  }

  /** Whether a majority had another state than this node. */
  boolean hasDiverged() {
    return diverged;
  }

  private void compare() {
    if (agreed == null || diverged) {
      return;
    }
    Payload mine = own.get(agreed.index());
    if (mine != null && !mine.equals(agreed.digest())) {
      diverged = true;
      out.diverged(agreed);
    }
  }
}
