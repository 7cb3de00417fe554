package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.HandTurnedGroup.Node;
import dev.rollcall.raft.driver.RaftNodeConfig.Limits;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaftNodeTest {
  private static final int ELECTION_TICKS = HandTurnedGroup.RAFT.timing().electionTimeoutTicks();

  @Test
  void appliesProposalsOnEveryNodeAndAnswersEachWithItsOwnResult() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    leader.propose("a");
    leader.propose("b");
    group.passTicks(10);
    long first = leader.status().commitIndex() - 1;
    assertThat(leader.heard.texts())
        .containsExactly("a applied " + first + ":a", "b applied " + (first + 1) + ":b");
    for (int i = 1; i <= 3; i++) {
      assertThat(group.node(i).journal.commands()).containsExactly("a", "b");
      assertThat(group.node(i).status().lastApplied()).isEqualTo(first + 1);
    }
  }

  @Test
  void aSingleMemberLeadsAndCommitsAlone() {
    HandTurnedGroup group = new HandTurnedGroup(1);
    Node node = group.elect();
    node.propose("a");
    node.raft.read(node.heard.read("read"));
    group.settle();
    assertThat(node.heard.texts()).hasSize(2).contains("read ready");
    assertThat(node.journal.commands()).containsExactly("a");
  }

  @Test
  void refusesAProposalOnAFollowerAndNamesTheLeader() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    Node follower = group.follower();
    follower.propose("a");
    group.settle();
    assertThat(follower.heard.texts())
        .containsExactly("a refused NOT_LEADER leader " + leader.id.low());
  }

  @Test
  void aProposalForOneTermIsAppendedInNoOther() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node node = group.elect();
    long first = node.status().term();
    node.raft.proposeInTerm(first, Journal.command("a"), node.heard.proposal("a"));
    group.passTicks(5);
    assertThat(node.heard.texts()).singleElement().asString().startsWith("a applied");
    // It loses its leadership and wins it back; what it decided in its first term comes late.
    leadAgain(group, node);
    assertThat(node.status().term()).isGreaterThan(first);
    node.raft.proposeInTerm(first, Journal.command("late"), node.heard.proposal("late"));
    node.raft.proposeInTerm(
        node.status().term(), Journal.command("now"), node.heard.proposal("now"));
    group.passTicks(5);
    assertThat(node.heard.texts())
        .contains("late refused NOT_LEADER leader " + node.id.low())
        .noneMatch(text -> text.startsWith("late applied"))
        .anyMatch(text -> text.startsWith("now applied"));
  }

  private static void leadAgain(HandTurnedGroup group, Node node) {
    Node leader = node;
    do {
      leader.isCut = true;
      Node cut = leader;
      leader = group.elect();
      cut.isCut = false;
      group.passTicks(ELECTION_TICKS);
    } while (leader != node);
  }

  @Test
  void aReadAnywhereSeesWhatWasAnsweredBefore() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    Node follower = group.follower();
    leader.propose("a");
    group.until(() -> !leader.heard.texts().isEmpty(), "answer");
    follower.raft.read(
        new ReadListener() {
          @Override
          public void ready() {
            follower.journal.note("read " + follower.journal.commands());
          }

          @Override
          public void failed() {
            follower.journal.note("failed");
          }
        });
    group.passTicks(10);
    assertThat(follower.journal.events()).containsExactly("read [a]");
  }

  @Test
  void aReadFailsWhenNobodyLeads() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    leader.isCut = true;
    leader.raft.read(leader.heard.read("read"));
    group.passTicks(3 * ELECTION_TICKS);
    assertThat(leader.heard.texts()).containsExactly("read failed");
  }

  @Test
  void aProposalIsOpenWhileItMayStillCommitAndLostOnceAnotherEntryTookItsIndex() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node old = group.elect();
    old.isCut = true;
    old.propose("doomed");
    group.passTicks(1);
    Node next = group.elect();
    next.propose("kept");
    group.passTicks(3 * ELECTION_TICKS);
    assertThat(old.heard.texts()).isEmpty();
    old.isCut = false;
    group.until(() -> !old.heard.texts().isEmpty(), "answer");
    assertThat(old.heard.texts()).containsExactly("doomed lost");
    assertThat(old.journal.commands()).containsExactly("kept");
  }

  @Test
  void aProposalOfADeposedLeaderIsAppliedWhenItsSuccessorCommitsIt() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node old = group.elect();
    // The entry reaches the followers' disks, but their answers do not come back.
    old.isDeaf = true;
    old.propose("a");
    group.settle();
    old.isCut = true;
    group.elect();
    assertThat(old.heard.texts()).isEmpty();
    old.isCut = false;
    old.isDeaf = false;
    group.until(() -> !old.heard.texts().isEmpty(), "answer");
    assertThat(old.heard.texts()).singleElement().asString().startsWith("a applied");
  }

  @Test
  void leadershipStartsWithItsOwnNoopAndEndsWhenTheQuorumIsGone() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    group.passTicks(20);
    long term = leader.status().term();
    assertThat(leader.journal.events()).startsWith("started " + term, "confirmed");
    leader.isCut = true;
    group.passTicks(3 * ELECTION_TICKS);
    assertThat(leader.journal.events()).endsWith("ended");
    assertThat(leader.journal.events()).filteredOn("ended"::equals).hasSize(1);
  }

  @Test
  void leadershipIsConfirmedAtLeastOncePerHeartbeatWhileAQuorumAnswers() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    group.passTicks(10);
    long before = confirmations(leader);
    group.passTicks(10 * HandTurnedGroup.RAFT.timing().heartbeatTicks());
    assertThat(confirmations(leader) - before).isGreaterThanOrEqualTo(10);
    leader.isCut = true;
    group.passTicks(1);
    long afterCut = confirmations(leader);
    group.passTicks(ELECTION_TICKS);
    assertThat(confirmations(leader)).isEqualTo(afterCut);
  }

  @Test
  void aRestartedNodeReplaysWhatItsLogKnewToBeCommittedWithoutAQuorum() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    leader.propose("a");
    leader.propose("b");
    group.passTicks(60);
    Node node = group.follower();
    for (int i = 1; i <= 3; i++) {
      group.node(i).isCut = true;
    }
    node.restart(Loss.EVERYTHING);
    assertThat(node.raft.replayed()).isNotDone();
    group.settle();
    assertThat(node.raft.replayed()).isCompleted();
    assertThat(node.journal.commands()).containsExactly("a", "b");
  }

  @Test
  void aNodeWithNothingToReplayHasReplayedAtOnce() {
    HandTurnedGroup group = new HandTurnedGroup(1);
    // The first entry is recorded as committed only once this node leads.
    assertThat(group.node(1).raft.replayed()).isCompleted();
  }

  @Test
  void aFullDoorRefusesAtOnceAndOpensAgain() {
    HandTurnedGroup group = new HandTurnedGroup(1, new Limits(2, 1 << 20, 1, 10, 1 << 20));
    Node node = group.elect();
    node.propose("a");
    node.propose("b");
    node.propose("c");
    node.raft.read(node.heard.read("r1"));
    node.raft.read(node.heard.read("r2"));
    assertThat(node.heard.texts()).containsExactly("c refused OVERLOADED leader 1", "r2 failed");
    group.settle();
    node.propose("d");
    node.raft.read(node.heard.read("r3"));
    group.settle();
    assertThat(node.journal.commands()).containsExactly("a", "b", "d");
    assertThat(node.heard.texts()).hasSize(7).contains("r1 ready", "r3 ready");
  }

  @Test
  void whatIsReservedPassesAFullDoorAndIsBoundedToo() {
    HandTurnedGroup group = new HandTurnedGroup(1, new Limits(2, 1 << 20, 1, 10, 1 << 20));
    Node node = group.elect();
    node.propose("a");
    node.propose("b");
    node.propose("c");
    node.raft.proposeReserved(Journal.command("d"), node.heard.proposal("d"));
    node.raft.proposeReserved(Journal.command("e"), node.heard.proposal("e"));
    assertThat(node.heard.texts())
        .containsExactly("c refused OVERLOADED leader 1", "e refused OVERLOADED leader 1");
    group.settle();
    assertThat(node.journal.commands()).containsExactly("a", "b", "d");
  }

  @Test
  void aFullDoorCountsBytesToo() {
    HandTurnedGroup group = new HandTurnedGroup(1, new Limits(100, 10, 1, 10, 1 << 20));
    Node node = group.elect();
    node.propose("12345678");
    node.propose("1234");
    node.propose("12");
    group.settle();
    assertThat(node.journal.commands()).containsExactly("12345678", "12");
  }

  @Test
  void aFullDoorOfANodeThatDoesNotLeadSaysSo() {
    HandTurnedGroup group = new HandTurnedGroup(3, new Limits(1, 1 << 20, 1, 100, 1 << 20));
    Node leader = group.elect();
    Node follower = group.follower();
    follower.propose("a");
    follower.propose("b");
    assertThat(follower.heard.texts())
        .containsExactly("b refused NOT_LEADER leader " + leader.id.low());
  }

  @Test
  void moreUncommittedThanTheCoreAllowsIsRefusedAsOverload() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    leader.isCut = true;
    String large = "x".repeat(100_000);
    for (int i = 0; i < 12; i++) {
      leader.propose(large);
    }
    group.passTicks(1);
    assertThat(leader.heard.texts()).isNotEmpty().allMatch(text -> text.contains("OVERLOADED"));
  }

  @Test
  void aNodeThatWokeFromALongPauseHearsItsLeaderBeforeItCampaigns() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    group.elect();
    Node sleeper = group.follower();
    group.passTicks(50);
    sleeper.roles.clear();
    sleeper.isPaused = true;
    group.clock().advance(Duration.ofMinutes(10));
    group.settle();
    sleeper.isPaused = false;
    group.passTicks(3 * ELECTION_TICKS);
    assertThat(sleeper.roles).doesNotContain(Role.PRE_CANDIDATE);
  }

  @Test
  void aLeaderThatWokeFromALongPauseStillLeadsWhenNobodyReplacedIt() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    long term = leader.status().term();
    group.clock().advance(Duration.ofMinutes(10));
    group.passTicks(3 * ELECTION_TICKS);
    assertThat(leader.role()).isEqualTo(Role.LEADER);
    assertThat(leader.status().term()).isEqualTo(term);
  }

  @Test
  void saysHowFreshItIsOnlyWhileAQuorumConfirmsIt() {
    HandTurnedGroup group = new HandTurnedGroup(3);
    Node leader = group.elect();
    Node follower = group.follower();
    assertThat(group.node(1).status().leaderContactNanos()).isEmpty();
    group.passTicks(2 * ELECTION_TICKS);
    long lagMax = HandTurnedGroup.TICK.toNanos() * ELECTION_TICKS;
    for (Node node : List.of(leader, follower)) {
      long contact = node.status().leaderContactNanos().orElseThrow();
      assertThat(group.clock().nanoTime() - contact).isBetween(0L, lagMax);
    }
    follower.isCut = true;
    long contact = follower.status().leaderContactNanos().orElseThrow();
    group.passTicks(5 * ELECTION_TICKS);
    assertThat(follower.status().leaderContactNanos()).hasValue(contact);
  }

  @Test
  void runsTasksAfterWhatWasHandedOverBefore() {
    HandTurnedGroup group = new HandTurnedGroup(1);
    Node node = group.elect();
    node.propose("a");
    node.raft.raftLoop().runOnce();
    appendAndForce(node);
    node.raft.raftLoop().runOnce();
    node.raft.execute(() -> node.journal.note("task after " + node.journal.commands()));
    group.settle();
    assertThat(node.journal.events()).contains("task after [a]");
  }

  @Test
  void manyWaitingWritesShareOneForce() {
    HandTurnedGroup group = new HandTurnedGroup(1);
    Node node = group.elect();
    group.passTicks(200);
    long forces = node.disk.forces();
    for (int i = 0; i < 10; i++) {
      node.propose("c" + i);
      node.raft.raftLoop().runOnce();
    }
    appendAndForce(node);
    assertThat(node.disk.forces()).isEqualTo(forces + 1);
    group.settle();
    assertThat(node.journal.commands()).hasSize(10);
  }

  private static void appendAndForce(Node node) {
    node.raft.logWriter().runOnce();
    node.raft.logWriter().runOnce();
  }

  private static long confirmations(Node node) {
    return node.journal.events().stream().filter("confirmed"::equals).count();
  }
}
