package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.MemberChange;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.ProposalListener;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.store.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Who changes the members while everything else goes on: replaces nodes by new machines, adds and
 * removes some, moves the leadership. Lets a new node in as a server does: once its leader has the
 * node in its configuration, it tells the node of the cluster, again and again until it has heard.
 */
final class SimOperator {
  private static final long LET_IN_NANOS = 200 * MILLISECOND;
  private static final int VOTERS_MIN = 3;
  private static final int VOTERS_MAX = 5;

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private boolean isResting;

  SimOperator(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
  }

  void start() {
    plan();
    letIn();
  }

  /** Begins nothing new; what is under way comes to its end. */
  void rest() {
    isResting = true;
  }

  private void plan() {
    time.after(
        random.nextLong(1500, 6000) * MILLISECOND,
        () -> {
          if (!isResting) {
            cluster.leader().ifPresent(this::act);
            plan();
          }
        });
  }

  private void act(SimNode leader) {
    if (random.nextInt(3) == 0) {
      transfer(leader);
      return;
    }
    List<MemberChange> changes = changes(leader.requireLife().status().configuration());
    if (!changes.isEmpty()) {
      leader.requireLife().registry().node().changeMembers(changes, new Counting());
    }
  }

  private void transfer(SimNode leader) {
    List<SimNode> members = cluster.membersAsSeenBy(leader);
    Optional<NodeId> to =
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(members.get(random.nextInt(members.size())).id());
    cluster.world().totals().transfersAsked++;
    leader.requireLife().registry().node().transferLeadership(to);
  }

  private List<MemberChange> changes(Configuration now) {
    var changes = new ArrayList<MemberChange>();
    List<Member> voters = now.voters();
    Member one = voters.get(random.nextInt(voters.size()));
    boolean canGrow = cluster.nodes().size() < SimCluster.NODES_MAX;
    switch (random.nextInt(4)) {
      case 0 -> {
        if (voters.size() > VOTERS_MIN) {
          changes.add(new MemberChange.Remove(one.id()));
        }
      }
      case 1 -> {
        if (canGrow && voters.size() + now.learners().size() < VOTERS_MAX) {
          changes.add(new MemberChange.AddLearner(cluster.add().member()));
        }
      }
      case 2 -> now.learners().forEach(it -> changes.add(new MemberChange.Remove(it.id())));
      default -> {
        if (canGrow && now.learners().size() < VOTERS_MIN) {
          changes.add(new MemberChange.Replace(one.id(), cluster.add().member()));
        }
      }
    }
    return changes;
  }

  private void letIn() {
    time.after(
        LET_IN_NANOS,
        () -> {
          for (SimNode node : cluster.nodes()) {
            var life = node.life();
            if (life != null && life.status().role() == Role.LEADER) {
              letIn(node, life.status().configuration());
            }
          }
          letIn();
        });
  }

  private void letIn(SimNode leader, Configuration configuration) {
    for (Member member : configuration.members()) {
      SimNode joining = cluster.node(member.id());
      if (!joining.hasLog()) {
        var start = new LogStart(EntryId.NONE, new ConfigurationAt(0, configuration));
        cluster.network().sendOnce(leader.number(), joining.number(), () -> joining.join(start));
      }
    }
  }

  /**
   * Takes machines away that were removed, some at once and some after they were a bother. One that
   * is merely no member may become one yet, when an old leader's log comes back.
   */
  void retireFormerMembers() {
    cluster
        .leader()
        .map(leader -> leader.requireLife().status())
        .filter(RaftStatus::isConfigurationCommitted)
        .ifPresent(status -> {
          for (NodeId gone : status.configuration().removed()) {
            time.after(random.nextLong(20) * SECOND, cluster.node(gone)::retire);
          }
        });
  }

  private final class Counting implements ProposalListener<Outcome> {
    @Override
    public void applied(long index, Outcome result) {
      cluster.world().totals().membershipChangesAcknowledged++;
    }

    @Override
    public void refused(RefusalReason reason, Optional<NodeId> leader) {}

    @Override
    public void lost() {}
  }
}
