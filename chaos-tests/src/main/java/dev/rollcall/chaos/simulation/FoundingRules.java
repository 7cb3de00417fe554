package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.bootstrap.Founded;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogIdentity;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What must hold of first starts, whatever happens: a node is bound once and for all; it begins to
 * serve only after all its founders were bound to the same; they begin with the same configuration,
 * cluster and history; who lost its log does not come back under its old id; and directories never
 * belong to two clusters.
 */
final class FoundingRules {
  private record Beginning(ClusterId cluster, HistoryId history, Configuration configuration) {}

  private final Map<NodeId, List<Member>> bound = new HashMap<>();
  private final Map<ClusterId, Beginning> beginnings = new HashMap<>();
  private final Set<NodeId> withoutLog = new HashSet<>();
  private final Set<NodeId> serving = new HashSet<>();

  /** What a node says of itself, now. */
  void says(Introduction said) {
    List<Member> before = bound.get(said.nodeId());
    if (before != null && !before.equals(said.agreed())) {
      throw new Invariant.Broken(
          "BoundOnce", said.nodeId() + " was bound to " + before + ", now to " + said.agreed());
    }
    if (!said.agreed().isEmpty()) {
      bound.put(said.nodeId(), said.agreed());
    }
  }

  /** The log of a node that served is gone. */
  void logLost(NodeId id) {
    withoutLog.add(id);
  }

  /** A node begins to serve. */
  void founded(Founded founded, Introduction said) {
    LogIdentity identity = founded.identity();
    if (withoutLog.contains(identity.nodeId())) {
      throw new Invariant.Broken(
          "WhoLostItsLogStaysAway", identity.nodeId() + " serves again under its old id");
    }
    serving.add(identity.nodeId());
    if (said.agreed().isEmpty()) {
      return; // was let in by others
    }
    for (Member founder : said.agreed()) {
      if (!said.agreed().equals(bound.get(founder.id()))) {
        throw new Invariant.Broken(
            "FoundersAreBound",
            "%s serves, and its founder %s is bound to %s"
                .formatted(identity.nodeId(), founder.id(), bound.get(founder.id())));
      }
    }
    var configuration = founded.log().restored(0).configurations().getFirst().configuration();
    var beginning = new Beginning(identity.clusterId(), identity.historyId(), configuration);
    Beginning first = beginnings.putIfAbsent(identity.clusterId(), beginning);
    if (first != null && !first.equals(beginning)) {
      throw new Invariant.Broken("OneBeginning", first + " and " + beginning);
    }
  }

  /** Nodes that ever came to serve. */
  int serving() {
    return serving.size();
  }

  /** What the directories of now belong to. */
  void requireOneCluster(Collection<FoundingMachine> machines) {
    LogIdentity one = null;
    for (FoundingMachine machine : machines) {
      Optional<LogIdentity> other = machine.belongs().map(Founded::identity);
      if (other.isEmpty()) {
        continue;
      }
      if (one == null) {
        one = other.get();
      }
      boolean isSame =
          one.clusterId().equals(other.get().clusterId())
              && one.historyId().equals(other.get().historyId());
      if (!isSame) {
        throw new Invariant.Broken("OneCluster", one + " and " + other.get());
      }
    }
  }
}
