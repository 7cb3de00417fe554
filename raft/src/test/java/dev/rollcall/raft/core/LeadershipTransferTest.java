package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static dev.rollcall.raft.core.Members.members;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import dev.rollcall.raft.core.Message.TimeoutNow;
import dev.rollcall.raft.core.RaftEvent.TransferLeadership;
import dev.rollcall.raft.core.Ready.Accepted;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Ready.Refused;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A hand-over, on the side that lets go and on the side that takes over. */
class LeadershipTransferTest {
  @Test
  void aTargetWithTheWholeLogIsToldAtOnce() {
    var leader = leader();
    handOverTo(leader, 3);
    assertThat(leader.settle()).containsExactly(new Outbound(id(3), new TimeoutNow(2)));
  }

  @Test
  void aTargetThatLagsIsToldOnceItHasEverything() {
    var leader = leader();
    leader.node.propose(1, "x");
    leader.settle();
    handOverTo(leader, 3);
    assertThat(sentToldTo(leader)).isEmpty();
    leader.receive(2, leader.success(3));
    assertThat(sentToldTo(leader)).as("another than the target has it").isEmpty();
    leader.receive(3, leader.success(3));
    assertThat(sentToldTo(leader)).containsExactly(id(3));
    leader.receive(3, leader.success(3));
    assertThat(sentToldTo(leader)).as("once").isEmpty();
  }

  @Test
  void theTargetIsToldOnceWhoeverAnswersAfterwards() {
    var leader = leader();
    leader.node.propose(1, "x");
    leader.settle();
    handOverTo(leader, 3);
    leader.receive(3, leader.success(3));
    assertThat(sentToldTo(leader)).containsExactly(id(3));
    leader.receive(2, leader.success(3));
    assertThat(sentToldTo(leader)).isEmpty();
  }

  @Test
  void proposalsWaitAndAreRefusedWhenLeadershipIsLost() {
    var leader = leader();
    handOverTo(leader, 3);
    leader.settle();
    leader.node.propose(1, "x");
    leader.node.propose(2, "y");
    Ready parked = leader.node.ready();
    assertThat(parked.accepted()).isEmpty();
    assertThat(parked.refused()).isEmpty();
    assertThat(leader.core().lastIndex()).isEqualTo(2);
    leader.receive(3, new RequestVote(3, new EntryId(2, 2), Campaign.TRANSFER));
    assertThat(leader.node.ready().refused())
        .containsExactly(
            new Refused(1, RefusalReason.NOT_LEADER), new Refused(2, RefusalReason.NOT_LEADER));
    assertThat(leader.core().lastIndex()).isEqualTo(2);
  }

  @Test
  void proposalsAreAppendedWhenTheHandOverTakesLongerThanAnElectionTimeout() {
    var leader = leader();
    handOverTo(leader, 3);
    leader.settle();
    leader.node.propose(1, "x");
    leader.node.propose(2, "y");
    tickHearing2(leader, 39);
    assertThat(leader.core().lastIndex()).isEqualTo(2);
    leader.node.tick(1);
    assertThat(leader.node.ready().accepted())
        .containsExactly(new Accepted(1, new EntryId(2, 3)), new Accepted(2, new EntryId(2, 4)));
    leader.node.propose(3, "z");
    assertThat(leader.node.ready().accepted()).containsExactly(new Accepted(3, new EntryId(2, 5)));
  }

  @Test
  void proposalsThatWaitAreRefusedByALeaderThatHearsNoQuorum() {
    var leader = leader();
    handOverTo(leader, 3);
    leader.settle();
    leader.node.propose(1, "x");
    leader.node.tick(40);
    assertThat(leader.node.ready().refused())
        .containsExactly(new Refused(1, RefusalReason.NOT_LEADER));
    assertThat(leader.core().lastIndex()).isEqualTo(2);
  }

  @Test
  void whatWaitsCountsAsUncommitted() {
    long room = 2 * (Entry.OVERHEAD_BYTES + 10L);
    RaftConfig.Flow usual = RaftConfig.DEFAULT.flow();
    var flow =
        new RaftConfig.Flow(
            usual.appendBytesMax(),
            usual.appendsInFlightMax(),
            room,
            usual.applyBytesMax(),
            usual.cachedBytesMax());
    var leader =
        new LoneNode(new MemoryDisk(Members.voters(1, 2, 3)), RaftConfig.DEFAULT.with(flow));
    leader.leadAndCommit();
    handOverTo(leader, 3);
    leader.settle();
    for (int ticket = 1; ticket <= 3; ticket++) {
      leader.node.propose(ticket, "0123456789");
    }
    assertThat(leader.node.ready().refused())
        .containsExactly(new Refused(3, RefusalReason.OVERLOADED));
    tickHearing2(leader, 40);
    assertThat(leader.core().lastIndex()).isEqualTo(4);
  }

  @Test
  void withoutATargetTheVoterWithMostOfTheLogIsChosen() {
    var configuration = new Configuration(members(1, 2, 3), List.of(), members(4));
    var leader = new LoneNode(new MemoryDisk(configuration), RaftConfig.DEFAULT);
    leader.leadAndCommit();
    leader.node.propose(1, "x");
    leader.settle();
    leader.receive(3, leader.success(3));
    leader.receive(4, leader.success(3));
    leader.settle();
    leader.node.step(new TransferLeadership(Optional.empty()));
    assertThat(leader.settle()).containsExactly(new Outbound(id(3), new TimeoutNow(2)));
  }

  @Test
  void aVoterThatIsNotHeardIsNotChosen() {
    var leader = leader();
    leader.node.propose(1, "x");
    leader.settle();
    leader.receive(3, leader.success(3));
    leader.settle();
    tickHearing2(leader, 40);
    leader.settle();
    leader.node.step(new TransferLeadership(Optional.empty()));
    leader.settle();
    leader.receive(2, leader.success(3));
    assertThat(sentToldTo(leader)).containsExactly(id(2));
  }

  @Test
  void nothingHappensWithoutSomebodyToHandOverTo() {
    var configuration = new Configuration(members(1, 2, 3), List.of(), members(4));
    var leader = new LoneNode(new MemoryDisk(configuration), RaftConfig.DEFAULT);
    leader.leadAndCommit();
    for (long nobody : new long[] {1, 4, 9}) { // itself, a learner, a stranger
      handOverTo(leader, nobody);
      leader.node.propose(nobody, "x");
      assertThat(leader.node.ready().accepted()).as("%d", nobody).hasSize(1);
    }
    var follower = LoneNode.of(3);
    follower.node.step(new TransferLeadership(Optional.empty()));
    assertThat(follower.settle()).isEmpty();
  }

  @Test
  void aSecondRequestDoesNotChangeTheTargetOfTheFirst() {
    var leader = leader();
    leader.node.propose(1, "x");
    leader.settle();
    handOverTo(leader, 3);
    handOverTo(leader, 2);
    leader.receive(2, leader.success(3));
    assertThat(sentToldTo(leader)).isEmpty();
    leader.receive(3, leader.success(3));
    assertThat(sentToldTo(leader)).containsExactly(id(3));
  }

  @Test
  void whoIsToldStandsWithoutPreVotesAndSaysWhoSentIt() {
    var target = LoneNode.of(3);
    target.receive(2, heartbeat(2, 0, 1));
    target.settle();
    target.receive(2, new TimeoutNow(2));
    assertThat(target.core().role()).isEqualTo(Role.CANDIDATE);
    assertThat(target.settle())
        .containsExactly(
            new Outbound(id(2), new RequestVote(3, new EntryId(1, 1), Campaign.TRANSFER)),
            new Outbound(id(3), new RequestVote(3, new EntryId(1, 1), Campaign.TRANSFER)));
  }

  @Test
  void whoIsToldInAnOldTermDoesNothing() {
    var target = LoneNode.of(3);
    target.receive(3, heartbeat(4, 0, 1));
    target.settle();
    target.receive(2, new TimeoutNow(3));
    assertThat(target.settle()).isEmpty();
    assertThat(target.core().role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void whoHasNoVoteDoesNotStand() {
    var configuration = new Configuration(members(2, 3), List.of(), members(1));
    var learner = new LoneNode(new MemoryDisk(configuration), RaftConfig.DEFAULT);
    learner.receive(2, new TimeoutNow(2));
    assertThat(learner.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(learner.core().currentTerm()).isEqualTo(2);
  }

  @Test
  void votersGiveTheirVoteToWhomTheLeaderSentAlthoughTheyHearIt() {
    var voter = LoneNode.of(3);
    voter.receive(2, heartbeat(2, 0, 1));
    assertThat(voter.answer(3, new RequestVote(3, new EntryId(1, 1), Campaign.TRANSFER)))
        .isEqualTo(new RequestVoteResponse(3, true));
  }

  @Test
  void theLeaderItselfGivesItsVoteToo() {
    var leader = leader();
    handOverTo(leader, 3);
    assertThat(leader.answer(3, new RequestVote(3, new EntryId(2, 2), Campaign.TRANSFER)))
        .isEqualTo(new RequestVoteResponse(3, true));
    assertThat(leader.core().role()).isEqualTo(Role.FOLLOWER);
  }

  private static LoneNode leader() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    return leader;
  }

  private static void handOverTo(LoneNode leader, long target) {
    leader.node.step(new TransferLeadership(Optional.of(id(target))));
  }

  private static List<NodeId> sentToldTo(LoneNode leader) {
    return leader.settle().stream()
        .filter(outbound -> outbound.message() instanceof TimeoutNow)
        .map(Outbound::to)
        .toList();
  }

  /** Time passes, and 2 answers every round, which is a quorum. */
  private static void tickHearing2(LoneNode leader, int ticks) {
    for (int i = 0; i < ticks; i++) {
      leader.node.tick(1);
      leader.receive(2, heartbeatResponse(2, 0));
    }
  }
}
