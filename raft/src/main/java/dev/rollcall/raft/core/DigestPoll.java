package dev.rollcall.raft.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a leader's voters report of their states, by index. A digest that a majority reports is the
 * agreed one; whoever reports another is wrong, the leader itself not excepted.
 *
 * <p>Where voters differ and no majority has anything in common, nobody can say who is right. The
 * poll waits {@code patienceTicks} for those that lag, and then says that nothing was agreed: an
 * empty digest, from which everybody's differs. Serving either of two answers would be a guess.
 */
final class DigestPoll {
  private static final int OPEN_MAX = 4;

  private final int patienceTicks;

  /** Of the indexes that nothing was said about, the last ones. */
  private final TreeMap<Long, Map<NodeId, Payload>> open = new TreeMap<>();

  private long closedIndex;
  private int ticksInDispute;

  DigestPoll(int patienceTicks) {
    this.patienceTicks = patienceTicks;
  }

  /** This node has been elected, and asks anew. */
  void clear() {
    open.clear();
    closedIndex = 0;
    ticksInDispute = 0;
  }

  /** A member reports; what that settles, if anything. */
  Optional<StateDigest> report(NodeId from, StateDigest digest, Configuration configuration) {
    long index = digest.index();
    if (index <= closedIndex) {
      return Optional.empty();
    }
    open.computeIfAbsent(index, none -> new TreeMap<>()).put(from, digest.digest());
    if (open.size() > OPEN_MAX) {
      open.pollFirstEntry();
    }
    Map<NodeId, Payload> reports = open.getOrDefault(index, Map.of());
    boolean isMajority =
        configuration.isQuorum(id -> Objects.equals(reports.get(id), digest.digest()));
    return isMajority ? Optional.of(close(digest)) : Optional.empty();
  }

  /** One tick; what is given up by it, if anything. */
  Optional<StateDigest> tick(Configuration configuration) {
    List<Long> disputed = new ArrayList<>();
    open.forEach((index, reports) -> {
      if (isDisputed(reports, configuration)) {
        disputed.add(index);
      }
    });
    ticksInDispute = disputed.isEmpty() ? 0 : ticksInDispute + 1;
    return ticksInDispute < patienceTicks
        ? Optional.empty()
        : Optional.of(close(new StateDigest(disputed.getLast(), Payload.EMPTY)));
  }

  private StateDigest close(StateDigest digest) {
    closedIndex = digest.index();
    open.headMap(closedIndex, true).clear();
    ticksInDispute = 0;
    return digest;
  }

  private static boolean isDisputed(Map<NodeId, Payload> reports, Configuration configuration) {
    var distinct = new HashSet<Payload>();
    reports.forEach((id, digest) -> {
      if (configuration.isVoter(id)) {
        distinct.add(digest);
      }
    });
    return distinct.size() > 1;
  }
}
