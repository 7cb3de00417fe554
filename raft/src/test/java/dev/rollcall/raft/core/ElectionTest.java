package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static dev.rollcall.raft.core.Members.members;
import static dev.rollcall.raft.core.Members.preVote;
import static dev.rollcall.raft.core.Members.requestVote;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.PreVoteResponse;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pre-votes, stickiness, quorum checks, and what of an election must be durable first. */
class ElectionTest {
  private static final EntryId FIRST = new EntryId(1, 1);

  @Test
  void preVoteChangesNoTermOnEitherSide() {
    var asker = LoneNode.of(3);
    assertThat(asker.campaign())
        .containsExactly(
            new Outbound(id(2), preVote(2, FIRST)), new Outbound(id(3), preVote(2, FIRST)));
    assertThat(asker.core().currentTerm()).isEqualTo(1);

    var voter = LoneNode.of(3);
    assertThat(voter.answer(2, preVote(9, FIRST))).isEqualTo(new PreVoteResponse(9, true));
    assertThat(voter.core().currentTerm()).isEqualTo(1);
    assertThat(voter.node.disk().hardState().votedFor()).isEmpty();
  }

  @Test
  void preVoteIsGivenToAnyNumberOfAskers() {
    var voter = LoneNode.of(3);
    assertThat(voter.answer(2, preVote(2, FIRST))).isEqualTo(new PreVoteResponse(2, true));
    assertThat(voter.answer(3, preVote(2, FIRST))).isEqualTo(new PreVoteResponse(2, true));
  }

  @Test
  void preVoteIsRefusedForATermThatIsNotNew() {
    var voter = LoneNode.of(3, 4);
    var last = new EntryId(4, 2);
    assertThat(voter.answer(2, preVote(4, last))).isEqualTo(new PreVoteResponse(4, false));
    assertThat(voter.answer(2, preVote(3, last))).isEqualTo(new PreVoteResponse(4, false));
    assertThat(voter.answer(2, preVote(5, last))).isEqualTo(new PreVoteResponse(5, true));
  }

  @Test
  void aRefusedPreVoteCarriesTheHigherTermAndTheAskerEntersIt() {
    var asker = LoneNode.of(3);
    asker.campaign();
    asker.receive(2, new PreVoteResponse(7, false));
    assertThat(asker.core().currentTerm()).isEqualTo(7);
    assertThat(asker.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(asker.campaign()).contains(new Outbound(id(2), preVote(8, FIRST)));
  }

  @Test
  void aGrantOfAnotherPreVoteDoesNotCount() {
    var asker = LoneNode.of(3);
    asker.campaign();
    asker.receive(2, new PreVoteResponse(3, true));
    assertThat(asker.core().role()).isEqualTo(Role.PRE_CANDIDATE);
    assertThat(asker.core().currentTerm()).isEqualTo(1);
    asker.receive(2, new PreVoteResponse(2, true));
    assertThat(asker.core().role()).isEqualTo(Role.CANDIDATE);
  }

  @Test
  void aPreCandidateThatNoQuorumWantsFollowsAgain() {
    var asker = LoneNode.of(3);
    asker.campaign();
    asker.receive(2, new PreVoteResponse(1, false));
    assertThat(asker.core().role()).isEqualTo(Role.PRE_CANDIDATE);
    asker.receive(3, new PreVoteResponse(1, false));
    assertThat(asker.core().role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aPreCandidateForgetsItsLeader() {
    var follower = LoneNode.of(3);
    follower.receive(2, heartbeat(2, 0, 1));
    assertThat(follower.core().leader()).contains(id(2));
    follower.campaign();
    assertThat(follower.core().leader()).isEmpty();
    // ... and so is no reason for others not to be elected.
    assertThat(follower.answer(3, preVote(3, FIRST))).isEqualTo(new PreVoteResponse(3, true));
  }

  @Test
  void whoeverHearsALeaderRefusesPreVotesAndIgnoresCandidates() {
    var follower = LoneNode.of(3);
    follower.receive(2, heartbeat(2, 0, 1));
    follower.node.tick(39);
    assertThat(follower.answer(3, preVote(3, FIRST))).isEqualTo(new PreVoteResponse(2, false));
    assertThat(follower.answers(3, requestVote(3, FIRST))).isEmpty();
    assertThat(follower.answer(3, requestVote(2, FIRST)))
        .isEqualTo(new RequestVoteResponse(2, false));
    assertThat(follower.core().currentTerm()).isEqualTo(2);
    assertThat(follower.core().leader()).contains(id(2));

    follower.node.tick(1); // an election timeout since the leader was heard
    assertThat(follower.answer(3, preVote(3, FIRST))).isEqualTo(new PreVoteResponse(3, true));
    assertThat(follower.answer(3, requestVote(3, FIRST)))
        .isEqualTo(new RequestVoteResponse(3, true));
  }

  @Test
  void aVoteIsNoWordFromALeader() {
    var voter = LoneNode.of(3);
    voter.receive(2, heartbeat(2, 0, 1));
    voter.node.tick(40);
    voter.answer(3, requestVote(3, FIRST));
    assertThat(voter.answer(2, preVote(4, FIRST))).isEqualTo(new PreVoteResponse(4, true));
  }

  @Test
  void aLeaderRefusesPreVotesAndIgnoresCandidates() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    assertThat(leader.answer(3, preVote(3, new EntryId(2, 2))))
        .isEqualTo(new PreVoteResponse(2, false));
    assertThat(leader.answers(3, requestVote(3, new EntryId(2, 2)))).isEmpty();
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aLeaderOfALowerTermIsToldOfTheHigherOne() {
    var node = LoneNode.of(3, 5);
    assertThat(node.answer(2, heartbeat(4, 0, 9))).isEqualTo(heartbeatResponse(5, 0));
    assertThat(node.answer(2, new AppendEntries(4, FIRST, 0, List.of())))
        .isEqualTo(new AppendEntriesResponse(5, false, 1, 1, 1));
    assertThat(node.answer(2, requestVote(4, FIRST))).isEqualTo(new RequestVoteResponse(5, false));
    assertThat(node.answer(2, new Message.ReadIndexRequest(4, 3)))
        .isEqualTo(new Message.ReadIndexResponse(5, 3, 0));
  }

  @Test
  void aLeaderStepsDownWhenItHearsOfAHigherTermFromAnybody() {
    for (Message message :
        List.of(
            heartbeatResponse(9, 0),
            new AppendEntriesResponse(9, false, 1, 1, 1),
            new RequestVoteResponse(9, false),
            new PreVoteResponse(9, false),
            heartbeat(9, 0, 1))) {
      var leader = LoneNode.of(3);
      leader.leadAndCommit();
      leader.receive(2, message);
      assertThat(leader.core().role()).as("%s", message).isEqualTo(Role.FOLLOWER);
      assertThat(leader.core().currentTerm()).isEqualTo(9);
    }
  }

  @Test
  void aLeaderWithoutAQuorumStepsDownAfterAnElectionTimeout() {
    var leader = LoneNode.of(5);
    leader.leadAndCommit();
    leader.node.tick(39);
    leader.settle();
    leader.receive(2, heartbeatResponse(2, 1));
    leader.node.tick(1); // 2 alone was heard since: no quorum
    assertThat(leader.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.core().currentTerm()).isEqualTo(2);
    assertThat(leader.core().leader()).isEmpty();
  }

  @Test
  void aLeaderWithAQuorumStays() {
    var leader = LoneNode.of(5);
    leader.leadAndCommit();
    for (int round = 1; round <= 30; round++) {
      leader.node.tick(5);
      leader.settle();
      leader.receive(1 + 1 + round % 2, heartbeatResponse(2, round));
      leader.receive(4, leader.success(2));
    }
    assertThat(leader.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aVoteIsToldOnlyWhenItIsDurable() {
    var voter = LoneNode.of(3);
    voter.receive(2, requestVote(2, FIRST));
    assertThat(voter.node.ready().toSend()).isEmpty();
    voter.node.sync(1);
    assertThat(voter.node.ready().toSend())
        .containsExactly(new Outbound(id(2), new RequestVoteResponse(2, true)));
  }

  @Test
  void aVoteThatWasNotDurableBeforeTheTermMovedOnIsNeverTold() {
    var voter = LoneNode.of(3);
    voter.receive(2, requestVote(2, FIRST));
    voter.node.ready();
    voter.receive(3, heartbeat(3, 0, 1));
    voter.node.ready();
    voter.node.sync(2);
    assertThat(voter.node.ready().toSend()).isEmpty();
  }

  @Test
  void theWaitForAnElectionBeginsAnewWhenTheVoteLeaves() {
    var voter = LoneNode.of(3);
    voter.receive(2, requestVote(2, FIRST));
    voter.node.ready();
    voter.node.tick(40); // a slow disk
    voter.node.sync(1);
    voter.node.tick(40);
    assertThat(voter.core().role()).isEqualTo(Role.FOLLOWER);
    voter.node.tick(1);
    assertThat(voter.core().role()).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void votesAreAskedForWhenTheOwnVoteAndTheWholeLogAreDurable() {
    var candidate = LoneNode.of(3);
    candidate.receive(2, new AppendEntries(2, FIRST, 0, List.of(entry(2, 2))));
    candidate.node.ready(); // the entry is being written
    candidate.node.tick(41);
    candidate.node.ready();
    candidate.receive(2, new PreVoteResponse(3, true));
    assertThat(candidate.core().role()).isEqualTo(Role.CANDIDATE);
    assertThat(candidate.node.ready().toSend()).isEmpty();
    candidate.node.sync(candidate.node.writesInFlight());
    assertThat(candidate.node.ready().toSend())
        .containsExactly(
            new Outbound(id(2), requestVote(3, new EntryId(2, 2))),
            new Outbound(id(3), requestVote(3, new EntryId(2, 2))));
  }

  @Test
  void votesAreNotAskedForByWhoGaveUpBeforeTheOwnWasDurable() {
    var candidate = LoneNode.of(3);
    candidate.campaign();
    candidate.receive(2, new PreVoteResponse(2, true));
    candidate.node.ready();
    candidate.receive(3, new AppendEntries(2, FIRST, 0, List.of())); // another won the term
    candidate.node.sync(candidate.node.writesInFlight());
    assertThat(candidate.settle())
        .containsExactly(new Outbound(id(3), new AppendEntriesResponse(2, true, 1, 0, 1)));
  }

  @Test
  void aVoteForOneselfCountsWhenItIsDurable() {
    var single = new LoneNode(new MemoryDisk(Members.voters(1)), RaftConfig.DEFAULT);
    single.node.ready();
    assertThat(single.core().role()).isEqualTo(Role.CANDIDATE);
    single.node.sync(1);
    assertThat(single.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aGrantOutweighsARefusalOfAnOlderCampaign() {
    var candidate = LoneNode.of(3);
    candidate.stand();
    candidate.receive(2, new RequestVoteResponse(2, false)); // the late answer to term 1's request
    candidate.receive(2, new RequestVoteResponse(2, true));
    assertThat(candidate.core().role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aLearnerDoesNotCampaignButAnswersWhoeverAsks() {
    var configuration = new Configuration(members(2, 3), List.of(), members(1));
    var learner = new LoneNode(new MemoryDisk(configuration), RaftConfig.DEFAULT);
    learner.node.tick(500);
    assertThat(learner.settle()).isEmpty();
    assertThat(learner.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(learner.answer(2, preVote(2, FIRST))).isEqualTo(new PreVoteResponse(2, true));
    assertThat(learner.answer(2, requestVote(2, FIRST)))
        .isEqualTo(new RequestVoteResponse(2, true));
  }

  @Test
  void aNodeOutsideTheConfigurationDoesNotCampaign() {
    var outsider = new LoneNode(new MemoryDisk(Members.voters(2, 3)), RaftConfig.DEFAULT);
    outsider.node.tick(500);
    assertThat(outsider.settle()).isEmpty();
    assertThat(outsider.core().role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aSilentLeaderIsForgottenByThoseWithoutAVoteToo() {
    var outsider = new LoneNode(new MemoryDisk(Members.voters(2, 3)), RaftConfig.DEFAULT);
    outsider.receive(2, heartbeat(2, 0, 1));
    outsider.node.tick(41);
    assertThat(outsider.core().leader()).isEmpty();
  }

  @Test
  void aJointConfigurationNeedsTheVotesOfBothHalves() {
    var joint = new Configuration(members(1, 2, 3), members(1, 4, 5), List.of());
    var candidate = new LoneNode(new MemoryDisk(joint), RaftConfig.DEFAULT);
    candidate.campaign();
    candidate.receive(2, new PreVoteResponse(2, true));
    candidate.receive(3, new PreVoteResponse(2, true));
    assertThat(candidate.core().role()).isEqualTo(Role.PRE_CANDIDATE);
    candidate.receive(5, new PreVoteResponse(2, true));
    assertThat(candidate.settle())
        .extracting(Outbound::to)
        .containsExactly(id(2), id(3), id(4), id(5));
    candidate.receive(4, new RequestVoteResponse(2, true));
    candidate.receive(5, new RequestVoteResponse(2, true));
    assertThat(candidate.core().role()).isEqualTo(Role.CANDIDATE);
    candidate.receive(2, new RequestVoteResponse(2, true));
    assertThat(candidate.core().role()).isEqualTo(Role.LEADER);
  }
}
