package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.HandTurnedGroup.Node;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How leadership passes from one whole node to another, and what becomes of proposals. */
class SuccessionTest {
  private static final RaftConfig.Timing TIMING = HandTurnedGroup.RAFT.timing();

  private final HandTurnedGroup group = new HandTurnedGroup(3);

  @Test
  void aLeaderHandsOverWithoutASilence() {
    Node old = group.elect();
    Node target = group.follower();
    old.raft.transferLeadership(Optional.of(target.id));
    group.settle(); // no time passes
    assertThat(target.role()).isEqualTo(Role.LEADER);
    assertThat(old.status().leader()).contains(target.id);
  }

  @Test
  void aLeaderDoesNotShowWhatItKnewOfOthersWhenItLedBefore() {
    Node leader = group.elect();
    group.passTicks(2);
    Node other = group.follower();
    Node silent =
        group.nodes().stream().filter(node -> node != leader && node != other).findFirst().get();
    assertThat(leader.status().matchIndexes().get(silent.id)).isPositive();
    silent.isCut = true;
    leader.raft.transferLeadership(Optional.of(other.id));
    group.settle();
    other.raft.transferLeadership(Optional.of(leader.id));
    group.settle(); // no tick of its clock since it leads again
    assertThat(leader.role()).isEqualTo(Role.LEADER);
    assertThat(leader.status().matchIndexes().get(silent.id)).isZero();
  }

  @Test
  void aProposalInAHandOverIsAnsweredEitherWay() {
    Node old = group.elect();
    Node target = group.follower();
    target.isCut = true;
    old.propose("before");
    old.raft.raftLoop().runOnce();
    old.raft.transferLeadership(Optional.of(target.id));
    old.raft.raftLoop().runOnce();
    old.propose("waits");
    group.settle();
    assertThat(old.heard.texts()).singleElement().asString().startsWith("before applied");
    group.passTicks(TIMING.electionTimeoutTicks());
    assertThat(old.heard.texts()).last().asString().startsWith("waits applied");

    target.isCut = false;
    group.passTicks(10);
    old.raft.transferLeadership(Optional.of(target.id));
    old.raft.raftLoop().runOnce();
    old.propose("refused");
    group.settle();
    assertThat(target.role()).isEqualTo(Role.LEADER);
    assertThat(old.heard.texts()).last().asString().startsWith("refused refused NOT_LEADER");
  }

  @Test
  void aLostConnectionToTheLeaderBringsTheNextOneMuchSooner() {
    Node dead = group.elect();
    dead.isCut = true;
    dead.isPaused = true;
    for (int i = 1; i <= 3; i++) {
      group.node(i).raft.peerLost(dead.id);
    }
    group.passTicks(TIMING.electionTimeoutTicks() / 2);
    assertThat(group.leader()).isNotSameAs(dead);
  }

  @Test
  void aLeaderWhoseDiskStandsStillIsReplacedAndGoesOnAsAFollower() {
    Node stalled = group.elect();
    stalled.isDiskStalled = true;
    stalled.propose("a");
    group.passTicks(TIMING.diskStallTicks() + 2);
    Node leader = group.leader();
    assertThat(leader).isNotSameAs(stalled);
    assertThat(stalled.heard.texts()).as("not durable here, so not known here").isEmpty();
    leader.propose("b");
    group.passTicks(10);
    assertThat(leader.journal.commands()).containsExactly("a", "b");
    stalled.isDiskStalled = false;
    group.passTicks(10);
    assertThat(stalled.journal.commands()).containsExactly("a", "b");
    assertThat(stalled.heard.texts()).singleElement().asString().startsWith("a applied");
  }
}
