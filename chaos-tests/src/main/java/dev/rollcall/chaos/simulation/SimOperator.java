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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Who changes the members while everything else goes on: replaces nodes by new machines, adds and
 * removes some, moves the leadership. Lets a new node in as a server does: once its leader has the
 * node in its configuration, it tells the node of the cluster, again and again until it has heard.
 */
final class SimOperator {
  private static final long LET_IN_NANOS = 200 * MILLISECOND;
  private static final int VOTERS_MIN = 3;
  private static final int VOTERS_MAX = 5;
  private static final int REPLACED_AT_ONCE_MAX = 3;
  private static final NodeId NOBODY = SimCluster.idOf(SimCluster.NODES_MAX);

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;

  SimOperator(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
  }

  /** What it can be asked to do. */
  enum Act {
    TRANSFER,
    ADD,
    REMOVE,
    REMOVE_LEARNERS,
    REPLACE,
    PROMOTE
  }

  void start() {
    letIn();
  }

  /**
   * Does it, if somebody leads and the members allow.
   *
   * @return what was asked for, for people
   */
  Optional<String> act(Act act, RandomGenerator random) {
    return cluster.leader().flatMap(leader -> act(act, leader, random));
  }

  /** Asks this one, which leads or led. */
  Optional<String> act(Act act, SimNode leader, RandomGenerator random) {
    if (act == Act.TRANSFER) {
      return Optional.of(transfer(leader, random));
    }
    List<MemberChange> changes =
        changes(act, leader.requireLife().status().configuration(), random);
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    leader.requireLife().registry().node().changeMembers(changes, new Counting());
    return Optional.of(changes.stream().map(this::describe).collect(Collectors.joining(", ")));
  }

  /** Has the leader hand over to a certain node. */
  void transfer(SimNode leader, SimNode to) {
    leader.requireLife().registry().node().transferLeadership(Optional.of(to.id()));
  }

  private String transfer(SimNode leader, RandomGenerator random) {
    List<SimNode> members = cluster.membersAsSeenBy(leader);
    Optional<SimNode> to =
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(members.get(random.nextInt(members.size())));
    leader.requireLife().registry().node().transferLeadership(to.map(SimNode::id));
    return "from node " + leader.number() + to.map(it -> " to node " + it.number()).orElse("");
  }

  private String describe(MemberChange change) {
    return switch (change) {
      case MemberChange.AddLearner(Member learner) -> "add node " + cluster.number(learner.id());
      case MemberChange.Promote(NodeId id) -> "promote node " + cluster.number(id);
      case MemberChange.Remove(NodeId id) -> "remove node " + cluster.number(id);
      case MemberChange.Replace(NodeId old, Member replacement) ->
          "replace node " + cluster.number(old) + " by node " + cluster.number(replacement.id());
    };
  }

  private List<MemberChange> changes(Act act, Configuration now, RandomGenerator random) {
    var changes = new ArrayList<MemberChange>();
    var voters = new ArrayList<>(now.voters());
    Collections.shuffle(voters, Random.from(random));
    // One voter more or less can not tell a majority of all from majorities of both halves.
    int howMany = random.nextBoolean() ? 1 : voters.size();
    boolean canGrow = cluster.canGrow();
    switch (act) {
      case REMOVE ->
          voters.stream()
              .limit(Math.min(howMany, Math.max(0, voters.size() - VOTERS_MIN)))
              .forEach(one -> changes.add(new MemberChange.Remove(one.id())));
      case ADD -> {
        int room = canGrow ? VOTERS_MAX - voters.size() - now.learners().size() : 0;
        for (int i = 0; i < Math.min(howMany, room); i++) {
          changes.add(new MemberChange.AddLearner(cluster.add().member()));
        }
      }
      case REMOVE_LEARNERS -> {
        now.learners().forEach(it -> changes.add(new MemberChange.Remove(it.id())));
        if (changes.isEmpty()) {
          changes.add(new MemberChange.Remove(NOBODY)); // a slip
        }
      }
      case REPLACE -> {
        if (canGrow && now.learners().isEmpty()) {
          voters.stream()
              .limit(Math.min(howMany, REPLACED_AT_ONCE_MAX))
              .forEach(
                  one -> changes.add(new MemberChange.Replace(one.id(), cluster.add().member())));
        }
      }
      case PROMOTE -> {
        // All in one step, and in half of the cases instead of as many voters.
        now.learners().forEach(it -> changes.add(new MemberChange.Promote(it.id())));
        int removed = random.nextBoolean() ? Math.min(changes.size(), voters.size() - 1) : 0;
        voters.stream()
            .limit(removed)
            .forEach(one -> changes.add(new MemberChange.Remove(one.id())));
      }
      case TRANSFER -> throw new IllegalArgumentException("changes no members");
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
