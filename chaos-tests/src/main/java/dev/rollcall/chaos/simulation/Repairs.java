package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.MemberChange;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.driver.ProposalListener;
import dev.rollcall.store.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the operator does about nodes whose disk is lost: has each replaced by a new machine, and
 * asks again until the leader's configuration shows it done. Goes on in peace.
 */
final class Repairs implements ProposalListener<Outcome> {
  private static final long LOOK_NANOS = 400 * MILLISECOND;

  private final SimCluster cluster;

  /** Number of a lost node to the machine that is to take its place. */
  private final Map<Integer, SimNode> replacements = new TreeMap<>();

  Repairs(SimCluster cluster) {
    this.cluster = cluster;
  }

  void start() {
    cluster.time().after(LOOK_NANOS, this::look);
  }

  /** Whether nobody who is lost, or whose state is wrong, is a member as the leader sees it. */
  boolean areDone() {
    return cluster
        .leader()
        .map(leader ->
            cluster.membersAsSeenBy(leader).stream()
                .noneMatch(each -> each.isLost() || each.isStateWrong()))
        .orElse(false);
  }

  private void look() {
    cluster.leader().ifPresent(this::repair);
    start();
  }

  private void repair(SimNode leader) {
    var life = leader.requireLife();
    Configuration now = life.status().configuration();
    for (SimNode node : List.copyOf(cluster.nodes())) {
      if (node.isLost() && now.member(node.id()).isPresent()) {
        change(now, node)
            .ifPresent(change -> life.registry().node().changeMembers(List.of(change), this));
      }
    }
  }

  private Optional<MemberChange> change(Configuration now, SimNode lost) {
    if (!now.isVoter(lost.id())) {
      return Optional.of(new MemberChange.Remove(lost.id()));
    }
    boolean isUnderWay = now.replacements().stream().anyMatch(each -> each.old().equals(lost.id()));
    if (isUnderWay || now.isJoint()) {
      return Optional.empty();
    }
    return replacement(now, lost).map(fresh -> new MemberChange.Replace(lost.id(), fresh.member()));
  }

  /** The machine chosen before, unless it was lost too or thrown out. */
  private Optional<SimNode> replacement(Configuration now, SimNode lost) {
    SimNode chosen = replacements.get(lost.number());
    if (chosen != null && isFree(now, chosen)) {
      return Optional.of(chosen);
    }
    if (!cluster.hasMachines()) {
      return Optional.empty();
    }
    SimNode fresh = cluster.add();
    replacements.put(lost.number(), fresh);
    return Optional.of(fresh);
  }

  private static boolean isFree(Configuration now, SimNode machine) {
    return !machine.isLost()
        && !machine.isRetired()
        && !now.isRemoved(machine.id())
        && now.member(machine.id()).isEmpty();
  }

  @Override
  public void applied(long index, Outcome result) {
    cluster.world().totals().disksReplaced++;
  }

  @Override
  public void refused(RefusalReason reason, Optional<NodeId> leader) {}

  @Override
  public void lost() {}
}
