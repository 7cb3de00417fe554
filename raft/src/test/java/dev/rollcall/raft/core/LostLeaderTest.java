package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.id;
import static dev.rollcall.raft.core.Members.preVote;
import static dev.rollcall.raft.core.Members.requestVote;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Message.PreVote;
import dev.rollcall.raft.core.Message.PreVoteResponse;
import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import dev.rollcall.raft.core.RaftEvent.PeerLost;
import org.junit.jupiter.api.Test;

/** A closed connection to the leader is a hint: it shortens waits and counts as nothing else. */
class LostLeaderTest {
  private static final EntryId FIRST = new EntryId(1, 1);

  /** FixedWait: a short wait of 1 + 1 ticks. */
  private static final int SHORT_WAIT = 2;

  @Test
  void theWaitBecomesAShortOneAndTheReasonTravelsWithBothRequests() {
    var node = followerOf2(3);
    node.node.step(new PeerLost(id(2)));
    node.node.tick(SHORT_WAIT - 1);
    assertThat(node.core().role()).isEqualTo(Role.FOLLOWER);
    node.node.tick(1);
    assertThat(node.settle())
        .containsExactly(
            new Outbound(id(2), new PreVote(3, FIRST, Campaign.LOST_LEADER)),
            new Outbound(id(3), new PreVote(3, FIRST, Campaign.LOST_LEADER)));
    node.receive(3, new PreVoteResponse(3, true));
    assertThat(node.settle())
        .contains(new Outbound(id(3), new RequestVote(3, FIRST, Campaign.LOST_LEADER)));
  }

  @Test
  void theHintIsNoVote() {
    var node = followerOf2(3);
    node.node.step(new PeerLost(id(2)));
    node.node.step(new PeerLost(id(3)));
    node.node.tick(SHORT_WAIT);
    node.settle();
    assertThat(node.core().role()).isEqualTo(Role.PRE_CANDIDATE);
    assertThat(node.core().currentTerm()).isEqualTo(2);
  }

  @Test
  void theLeaderHeardAgainTakesTheHintBack() {
    var node = followerOf2(3);
    node.node.step(new PeerLost(id(2)));
    node.receive(2, heartbeat(2, 0, 2));
    node.node.tick(40);
    assertThat(node.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.answer(3, new PreVote(3, FIRST, Campaign.LOST_LEADER)))
        .as("heard 40 ticks ago, so no leader any more")
        .isEqualTo(new PreVoteResponse(3, true));
    node.receive(2, heartbeat(2, 0, 3));
    assertThat(node.answer(3, new PreVote(3, FIRST, Campaign.LOST_LEADER)))
        .isEqualTo(new PreVoteResponse(2, false));
  }

  @Test
  void anotherPeerLostIsNoHint() {
    var node = followerOf2(3);
    node.node.step(new PeerLost(id(3)));
    node.node.tick(40);
    assertThat(node.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.core().leader()).contains(id(2));
  }

  @Test
  void aHintNeverLengthensAWait() {
    var node = followerOf2(3);
    node.node.tick(40); // one more and it campaigns anyway
    node.node.step(new PeerLost(id(2)));
    node.node.tick(1);
    assertThat(node.core().role()).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void aLostLeaderTwiceInARowDoesNotPutOffTheCampaign() {
    var node = followerOf2(3);
    node.node.step(new PeerLost(id(2)));
    node.node.tick(1);
    node.node.step(new PeerLost(id(2)));
    node.node.tick(1);
    assertThat(node.core().role()).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void whoHearsTheLeaderRefusesWhomItHasLostOnlyForHimself() {
    var voter = followerOf2(3);
    assertThat(voter.answer(3, new PreVote(3, FIRST, Campaign.LOST_LEADER)))
        .isEqualTo(new PreVoteResponse(2, false));
    assertThat(voter.answers(3, new RequestVote(3, FIRST, Campaign.LOST_LEADER))).isEmpty();
    assertThat(voter.core().currentTerm()).isEqualTo(2);
  }

  @Test
  void whoLostTheLeaderTooVotesForWhoAsksForThatReasonAndForNobodyElse() {
    var voter = followerOf2(3);
    voter.node.step(new PeerLost(id(2)));
    assertThat(voter.answer(3, preVote(3, FIRST))).isEqualTo(new PreVoteResponse(2, false));
    assertThat(voter.answers(3, requestVote(3, FIRST))).isEmpty();
    assertThat(voter.answer(3, new PreVote(3, FIRST, Campaign.LOST_LEADER)))
        .isEqualTo(new PreVoteResponse(3, true));
    assertThat(voter.answer(3, new RequestVote(3, FIRST, Campaign.LOST_LEADER)))
        .isEqualTo(new RequestVoteResponse(3, true));
  }

  @Test
  void aLeaderHasNotLostItself() {
    var leader = followerOf2(3);
    leader.node.step(new PeerLost(id(2)));
    leader.leadAndCommit();
    leader.node.step(new PeerLost(id(3)));
    var last = new EntryId(3, 2);
    assertThat(leader.answer(3, new PreVote(4, last, Campaign.LOST_LEADER)))
        .isEqualTo(new PreVoteResponse(3, false));
    assertThat(leader.answers(3, new RequestVote(4, last, Campaign.LOST_LEADER))).isEmpty();
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aCampaignThatFailsIsFollowedByAnOrdinaryOne() {
    var node = followerOf2(3);
    node.node.step(new PeerLost(id(2)));
    node.node.tick(SHORT_WAIT);
    node.receive(2, new PreVoteResponse(2, false));
    node.receive(3, new PreVoteResponse(2, false));
    assertThat(node.core().role()).isEqualTo(Role.FOLLOWER);
    node.settle();
    assertThat(node.campaign()).contains(new Outbound(id(3), preVote(3, FIRST)));
  }

  private static LoneNode followerOf2(int size) {
    var node = LoneNode.of(size);
    node.receive(2, heartbeat(2, 0, 1));
    node.settle();
    return node;
  }
}
