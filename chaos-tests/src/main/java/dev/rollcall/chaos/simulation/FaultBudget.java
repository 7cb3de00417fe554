package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whose disk may be lost or damaged: never more nodes than Raft survives, or the world would ask
 * for what nobody can do. In every configuration that any node takes for the one in force, joint or
 * not, the nodes that were lost or damaged and not replaced yet stay a minority, also when the
 * operator takes members out meanwhile. Learners count, for they may be voters soon.
 */
final class FaultBudget {
  /** The operator goes no lower. */
  private static final int VOTERS_MIN = 3;

  private final SimCluster cluster;

  FaultBudget(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** Whether the disk of this node, a member that runs and is whole, may be lost now. */
  boolean allows(SimNode node) {
    if (node.life() == null || !node.isWhole() || !cluster.hasMachines()) {
      return false;
    }
    List<Configuration> inForce =
        cluster.nodes().stream()
            .filter(each -> each.hasLog() && !each.isLost() && !each.isRetired())
            .map(SimNode::configuration)
            .distinct()
            .toList();
    boolean isMember = inForce.stream().anyMatch(each -> each.member(node.id()).isPresent());
    return isMember && inForce.stream().allMatch(each -> survives(each, node));
  }

  private boolean survives(Configuration configuration, SimNode node) {
    Set<Integer> lost = new TreeSet<>();
    lost.add(node.number());
    for (Member member : configuration.members()) {
      SimNode each = cluster.node(member.id());
      if (!each.isWhole()) {
        lost.add(each.number());
      }
    }
    int half = Math.min(VOTERS_MIN, configuration.voters().size());
    if (configuration.isJoint()) {
      half = Math.min(half, configuration.outgoing().size());
    }
    return lost.size() <= (half - 1) / 2;
  }
}
