package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Message.HeartbeatResponse;
import dev.rollcall.raft.core.Message.ReadIndexRequest;
import dev.rollcall.raft.core.Message.ReadIndexResponse;
import dev.rollcall.raft.core.RaftEvent.ReadIndex;
import dev.rollcall.raft.core.Ready.FailedRead;
import dev.rollcall.raft.core.Ready.ReadState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads on a leader and on a follower, and the rounds that confirm them. */
class ReadIndexTest {
  /** FixedWait: where the nonces of node 1 begin. */
  private static final long FIRST_NONCE = 1000;

  @Test
  void readsOfOneReadyShareARoundThatBeginsAtOnce() {
    var leader = leader();
    read(leader, 1);
    read(leader, 2);
    assertThat(leader.node.ready().toSend())
        .containsExactly(
            new Outbound(id(2), heartbeat(2, 2, 1)), new Outbound(id(3), heartbeat(2, 2, 1)));
    leader.receive(2, heartbeatResponse(2, 1));
    Ready ready = leader.node.ready();
    assertThat(ready.reads()).containsExactly(new ReadState(1, 2), new ReadState(2, 2));
    assertThat(ready.confirmed()).contains(2L);
  }

  @Test
  void aReadIsNotConfirmedByARoundThatBeganBeforeIt() {
    var leader = leader();
    read(leader, 1);
    leader.node.ready();
    read(leader, 2);
    leader.node.ready();
    leader.receive(2, heartbeatResponse(2, 1));
    assertThat(leader.node.ready().reads()).containsExactly(new ReadState(1, 2));
    leader.receive(3, heartbeatResponse(2, 2));
    assertThat(leader.node.ready().reads()).containsExactly(new ReadState(2, 2));
  }

  @Test
  void aLaterRoundConfirmsEarlierReads() {
    var leader = leader();
    read(leader, 1);
    leader.node.ready(); // round 1, lost
    leader.node.tick(5);
    leader.node.ready(); // round 2, a heartbeat
    leader.receive(2, heartbeatResponse(2, 2));
    assertThat(leader.node.ready().reads()).containsExactly(new ReadState(1, 2));
  }

  @Test
  void theReadIndexIsOfWhenTheRoundBegan() {
    var leader = leader();
    read(leader, 1);
    leader.node.propose(9, "x");
    leader.settle();
    leader.receive(2, leader.success(3));
    leader.receive(2, heartbeatResponse(2, 1));
    assertThat(leader.node.ready().reads()).containsExactly(new ReadState(1, 2));
  }

  @Test
  void aHeartbeatAndAReadInOneReadyMakeOneRound() {
    var leader = leader();
    leader.node.tick(5);
    read(leader, 1);
    assertThat(leader.node.ready().toSend()).hasSize(2);
  }

  @Test
  void readsBeforeTheOwnFirstEntryIsCommittedArePostponed() {
    var leader = LoneNode.of(3);
    leader.lead();
    read(leader, 1);
    leader.node.tick(5);
    leader.settle(); // round 1 begins without the read
    leader.receive(2, heartbeatResponse(2, 1));
    Ready ready = leader.node.ready();
    assertThat(ready.reads()).isEmpty();
    assertThat(ready.failedReads()).isEmpty();
    assertThat(ready.confirmed()).isEmpty();
    leader.receive(2, leader.success(2));
    leader.settle(); // round 2 begins with it
    leader.receive(3, heartbeatResponse(2, 1));
    assertThat(leader.node.ready().reads()).isEmpty();
    leader.receive(3, heartbeatResponse(2, 2));
    assertThat(leader.node.ready().reads()).containsExactly(new ReadState(1, 2));
  }

  @Test
  void aRoundFromBeforeTheFirstCommitConfirmsNothingAfterIt() {
    var leader = LoneNode.of(3);
    leader.lead();
    leader.node.tick(5);
    leader.settle(); // round 1
    leader.receive(2, leader.success(2));
    leader.settle();
    leader.receive(2, heartbeatResponse(2, 1));
    assertThat(leader.node.ready().confirmed()).isEmpty();
  }

  @Test
  void everyRoundThatAQuorumAnswersIsReportedOnce() {
    var leader = leader();
    leader.node.tick(5);
    leader.settle();
    leader.receive(2, heartbeatResponse(2, 1));
    assertThat(leader.node.ready().confirmed()).contains(2L);
    leader.receive(3, heartbeatResponse(2, 1));
    assertThat(leader.node.ready().confirmed()).isEmpty();
  }

  @Test
  void anAnswerInANewTermToARoundOfAnOldOneConfirmsNothing() {
    // Node 1 led term 2 up to round 3, and leads term 4 now. Node 2 is in term 4 when a heartbeat
    // of term 2 reaches it at last.
    var late = LoneNode.of(3, 4);
    var answer = (HeartbeatResponse) late.answer(1, heartbeat(2, 0, 3));
    assertThat(answer).isEqualTo(heartbeatResponse(4, 0));
    var leader = LoneNode.of(3, 3);
    leader.leadAndCommit();
    for (long id = 1; id <= 3; id++) {
      read(leader, id);
      leader.node.ready();
    }
    leader.receive(2, answer);
    assertThat(leader.node.ready().reads()).isEmpty();
  }

  @Test
  void readsFailWhenLeadershipIsLost() {
    var leader = leader();
    read(leader, 1);
    leader.receive(2, new ReadIndexRequest(2, 70));
    leader.node.ready();
    read(leader, 2);
    leader.receive(2, new ReadIndexRequest(2, 71));
    leader.receive(3, heartbeatResponse(3, 0));
    Ready ready = leader.node.ready();
    assertThat(ready.failedReads()).containsExactlyInAnyOrder(new FailedRead(1), new FailedRead(2));
    assertThat(ready.toSend())
        .containsExactlyInAnyOrder(
            new Outbound(id(2), new ReadIndexResponse(3, 70, 0)),
            new Outbound(id(2), new ReadIndexResponse(3, 71, 0)));
  }

  @Test
  void aSingleVoterConfirmsByItselfAtEachHeartbeatAndEachRead() {
    var single = new LoneNode(new MemoryDisk(Members.voters(1)), RaftConfig.DEFAULT);
    single.settle();
    read(single, 1);
    Ready ready = single.node.ready();
    assertThat(ready.reads()).containsExactly(new ReadState(1, 2));
    assertThat(ready.confirmed()).contains(2L);
    single.node.tick(4);
    assertThat(single.node.ready().confirmed()).isEmpty();
    single.node.tick(1);
    assertThat(single.node.ready().confirmed()).contains(2L);
  }

  @Test
  void learnersConfirmNothing() {
    var configuration = new Configuration(Members.members(1, 2), List.of(), Members.members(3));
    var leader = new LoneNode(new MemoryDisk(configuration), RaftConfig.DEFAULT);
    leader.leadAndCommit();
    read(leader, 1);
    leader.settle();
    leader.receive(3, heartbeatResponse(2, 1));
    assertThat(leader.node.ready().reads()).isEmpty();
  }

  @Test
  void aFollowersReadsOfOneReadyShareARequest() {
    var follower = followerOf(2);
    read(follower, 1);
    read(follower, 2);
    assertThat(follower.node.ready().toSend())
        .containsExactly(new Outbound(id(2), new ReadIndexRequest(2, FIRST_NONCE)));
    read(follower, 3);
    assertThat(follower.node.ready().toSend())
        .containsExactly(new Outbound(id(2), new ReadIndexRequest(2, FIRST_NONCE + 1)));
    follower.receive(2, new ReadIndexResponse(2, FIRST_NONCE, 5));
    assertThat(follower.node.ready().reads())
        .containsExactly(new ReadState(1, 5), new ReadState(2, 5));
    follower.receive(2, new ReadIndexResponse(2, FIRST_NONCE, 6));
    assertThat(follower.node.ready().reads()).as("the same answer again").isEmpty();
  }

  @Test
  void aFollowersReadsFailWithoutALeaderAtOnce() {
    var follower = LoneNode.of(3);
    read(follower, 1);
    assertThat(follower.node.ready().failedReads()).containsExactly(new FailedRead(1));
  }

  @Test
  void aFollowersReadsFailWhenTheLeaderSaysSoOrSaysNothing() {
    var follower = followerOf(2);
    read(follower, 1);
    follower.node.ready();
    follower.receive(2, new ReadIndexResponse(2, FIRST_NONCE, 0));
    assertThat(follower.node.ready().failedReads()).containsExactly(new FailedRead(1));
    read(follower, 2);
    follower.node.ready();
    follower.node.tick(39);
    assertThat(follower.node.ready().failedReads()).isEmpty();
    follower.node.tick(1);
    assertThat(follower.node.ready().failedReads()).containsExactly(new FailedRead(2));
  }

  @Test
  void aFollowersReadsFailWhenAnotherLeads() {
    var follower = followerOf(2);
    read(follower, 1);
    follower.node.ready();
    read(follower, 2);
    follower.receive(3, heartbeat(3, 0, 1));
    assertThat(follower.node.ready().failedReads())
        .containsExactlyInAnyOrder(new FailedRead(1), new FailedRead(2));
  }

  @Test
  void whoDoesNotLeadAnswersARequestWithIndexZero() {
    var follower = followerOf(2);
    assertThat(follower.answer(3, new ReadIndexRequest(2, 7)))
        .isEqualTo(new ReadIndexResponse(2, 7, 0));
  }

  private static LoneNode leader() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    return leader;
  }

  private static LoneNode followerOf(long leader) {
    var follower = LoneNode.of(3);
    follower.receive(leader, heartbeat(2, 0, 1));
    follower.settle();
    return follower;
  }

  private static void read(LoneNode node, long readId) {
    node.node.step(new ReadIndex(readId));
  }
}
