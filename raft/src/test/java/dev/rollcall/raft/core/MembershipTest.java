package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.id;
import static dev.rollcall.raft.core.Members.member;
import static dev.rollcall.raft.core.Members.members;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Configuration.Replacement;
import dev.rollcall.raft.core.MemberChange.AddLearner;
import dev.rollcall.raft.core.MemberChange.Promote;
import dev.rollcall.raft.core.MemberChange.Remove;
import dev.rollcall.raft.core.MemberChange.Replace;
import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.RaftEvent.ChangeMembers;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Ready.Refused;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a change makes of a configuration, and what a leader makes of a wish for one. */
class MembershipTest {
  private static final Configuration THREE = Members.voters(1, 2, 3);

  @Test
  void learnersComeAndGoWithoutAJointConfiguration() {
    Configuration with = draft(THREE, new AddLearner(member(4)), new AddLearner(member(5)));
    assertThat(with).isEqualTo(new Configuration(members(1, 2, 3), List.of(), members(4, 5)));
    Configuration without = draft(with, new Remove(id(4)));
    assertThat(without.isJoint()).isFalse();
    assertThat(without.removed()).containsExactly(id(4));
  }

  @Test
  void anyNumberOfVotersChangeInOneJointStep() {
    var before = new Configuration(members(1, 2, 3), List.of(), members(4, 5));
    Configuration joint =
        draft(before, new Promote(id(4)), new Promote(id(5)), new Remove(id(1)), new Remove(id(2)));
    assertThat(joint).isEqualTo(new Configuration(members(3, 4, 5), members(1, 2, 3), List.of()));
    assertThat(joint.withoutOutgoing())
        .isEqualTo(
            new Configuration(
                members(3, 4, 5), List.of(), List.of(), List.of(id(1), id(2)), List.of()));
  }

  @Test
  void whoReplacesTakesThePlaceInTheStepThatPromotesIt() {
    Configuration with = draft(THREE, new Replace(id(3), member(4)));
    assertThat(with.learners()).isEqualTo(members(4));
    assertThat(with.replacements()).containsExactly(new Replacement(id(4), id(3)));
    Configuration joint = draft(with, new Promote(id(4)));
    assertThat(joint).isEqualTo(new Configuration(members(1, 2, 4), members(1, 2, 3), List.of()));
    assertThat(joint.withoutOutgoing().removed()).containsExactly(id(3));
  }

  @Test
  void aReplacementThatLeavesReplacesNobody() {
    Configuration with = draft(THREE, new Replace(id(3), member(4)));
    assertThat(draft(with, new Remove(id(4))).replacements()).isEmpty();
    Configuration oldLeft = draft(with, new Remove(id(3))).withoutOutgoing();
    assertThat(oldLeft.replacements()).isEmpty();
    assertThat(oldLeft.learners()).as("stays, and gets its vote in time").isEqualTo(members(4));
  }

  @Test
  void refusesWhatMakesNoSense() {
    Configuration with = draft(THREE, new Replace(id(3), member(4)));
    Configuration left = draft(with, new Remove(id(4)));
    assertInvalid(THREE);
    assertInvalid(THREE, new AddLearner(member(3)));
    assertInvalid(THREE, new Promote(id(3)));
    assertInvalid(THREE, new Promote(id(9)));
    assertInvalid(THREE, new Remove(id(9)));
    assertInvalid(THREE, new Remove(id(1)), new Remove(id(2)), new Remove(id(3)));
    assertInvalid(THREE, new Replace(id(9), member(4)));
    assertInvalid(THREE, new Replace(id(3), member(2)));
    assertInvalid(with, new Replace(id(3), member(5)));
    assertInvalid(left, new AddLearner(member(4)));
    assertInvalid(left, new Replace(id(3), member(4)));
  }

  /**
   * The thesis' bug of single-server changes: without an entry of its own term committed, a leader
   * does not know whether a change is under way somewhere that shares no quorum with its own.
   */
  @Test
  void aLeaderChangesNothingBeforeItHasCommittedInItsOwnTerm() {
    var leader = LoneNode.of(3);
    leader.lead();
    var wish = new ChangeMembers(7, 0, List.of(new Remove(id(3))));
    leader.node.step(wish);
    assertThat(leader.node.ready().refused())
        .containsExactly(new Refused(7, RefusalReason.TERM_NOT_COMMITTED));
    assertThat(leader.core().configuration()).isEqualTo(THREE);
    leader.acknowledge();
    leader.node.step(wish);
    assertThat(leader.node.ready().accepted()).hasSize(1);
    assertThat(leader.core().configuration().isJoint()).isTrue();
  }

  /** Both halves must have it, and only then is the outgoing one let go. */
  @Test
  void aJointConfigurationIsCommittedByBothHalves() {
    var before = new Configuration(members(1, 2, 3), List.of(), members(4, 5));
    var leader = new LoneNode(new MemoryDisk(before), RaftConfig.DEFAULT);
    leader.leadAndCommit();
    var promote = List.of(new Promote(id(4)), new Promote(id(5)), new Remove(id(2)));
    leader.node.step(new ChangeMembers(1, 0, List.copyOf(promote)));
    leader.settle();
    long joint = leader.core().lastIndex();
    leader.receive(4, leader.success(joint));
    leader.receive(5, leader.success(joint));
    leader.settle();
    assertThat(leader.core().commitIndex()).as("1, 4, 5: not of 1, 2, 3").isLessThan(joint);
    leader.receive(3, leader.success(joint));
    leader.settle();
    assertThat(leader.core().commitIndex()).isEqualTo(joint);
    assertThat(leader.core().configuration().voters()).isEqualTo(members(1, 3, 4, 5));
    assertThat(leader.core().configuration().isJoint()).isFalse();
    assertThat(leader.core().lastIndex()).isEqualTo(joint + 1);
  }

  /** Nothing is lost of what is known of a peer that stays, even while it has much on its way. */
  @Test
  void aChangeForgetsNothingOfThePeersThatStay() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.step(new ChangeMembers(1, 0, List.of(new AddLearner(member(4)))));
    leader.settle();
    leader.receive(2, leader.success(leader.core().lastIndex()));
    leader.settle();
    assertThat(leader.core().commitIndex()).isEqualTo(leader.core().lastIndex());
  }

  @Test
  void whoWasRemovedGetsNoVoteWhateverItsTermAndLog() {
    var left = new Configuration(members(1, 2), List.of(), List.of(), List.of(id(3)), List.of());
    var disk = new MemoryDisk(left);
    disk.write(new Ready.Persist(1, new HardState(1, Optional.empty()), 1, List.of()));
    var voter = new LoneNode(disk, RaftConfig.DEFAULT);
    var longest = new EntryId(9, 9);
    assertThat(voter.answers(3, new RequestVote(10, longest, Campaign.ELECTION_TIMEOUT)))
        .as("it is left to itself")
        .isEmpty();
    assertThat(voter.core().currentTerm()).isEqualTo(1);
    assertThat(voter.answers(2, new RequestVote(10, longest, Campaign.ELECTION_TIMEOUT)))
        .hasSize(1);
    assertThat(voter.core().currentTerm()).isEqualTo(10);
  }

  private static Configuration draft(Configuration before, MemberChange... changes) {
    return ConfigurationDraft.change(before, List.of(changes)).orElseThrow();
  }

  private static void assertInvalid(Configuration before, MemberChange... changes) {
    assertThat(ConfigurationDraft.change(before, List.of(changes))).isEmpty();
  }
}
