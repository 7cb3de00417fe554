package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.RaftEvent.Applied;
import dev.rollcall.raft.core.RaftEvent.Propose;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Ready.Refused;
import dev.rollcall.raft.core.Ready.RoleState;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Starting, proposing, applying, and what a Ready says when. */
class RaftCoreTest {
  @Test
  void saysNothingWhenNothingHappened() {
    var node = LoneNode.of(3);
    assertThat(node.core().hasReady()).isFalse();
    assertThat(node.core().ready()).isEqualTo(TestNode.NOTHING);
    node.node.tick(1);
    assertThat(node.core().hasReady()).isFalse();
    assertThat(node.core().ready()).isEqualTo(TestNode.NOTHING);
  }

  @Test
  void startsAsAFollowerOfNobody() {
    var node = LoneNode.of(3, 2, 3);
    assertThat(node.core().role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.core().currentTerm()).isEqualTo(3);
    assertThat(node.core().leader()).isEmpty();
    assertThat(node.core().commitIndex()).isZero();
    assertThat(node.core().lastIndex()).isEqualTo(3);
    assertThat(node.core().configuration()).isEqualTo(Members.voters(1, 2, 3));
  }

  @Test
  void reportsItsRoleWhenRoleTermOrLeaderChanged() {
    var node = LoneNode.of(3);
    node.receive(2, heartbeat(2, 0, 1));
    assertThat(node.node.ready().role())
        .contains(new RoleState(Role.FOLLOWER, 2, Optional.of(id(2)), 0));
    node.receive(2, heartbeat(2, 0, 2));
    assertThat(node.node.ready().role()).isEmpty();
    node.node.tick(41);
    assertThat(node.node.ready().role())
        .contains(new RoleState(Role.PRE_CANDIDATE, 2, Optional.empty(), 0));
  }

  @Test
  void aLeaderReportsWhereItsOwnFirstEntryIs() {
    var leader = LoneNode.of(3, 1, 1);
    leader.stand();
    leader.receive(2, new Message.RequestVoteResponse(2, true));
    assertThat(leader.node.ready().role())
        .contains(new RoleState(Role.LEADER, 2, Optional.of(id(1)), 4));
  }

  @Test
  void aSingleVoterElectsItselfAtOnceAndCommitsWithItsOwnDisk() {
    var single = new LoneNode(new MemoryDisk(Members.voters(1)), RaftConfig.DEFAULT);
    single.node.ready();
    single.node.sync(1); // the vote
    single.node.propose(1, "x");
    single.node.ready();
    assertThat(single.core().commitIndex()).isZero();
    single.node.sync(1); // no-op and x
    assertThat(single.core().commitIndex()).isEqualTo(3);
    single.settle();
    assertThat(single.node.applied()).hasSize(3);
  }

  @Test
  void aRestartHandsOutWhatIsKnownToBeCommittedWithoutAQuorum() {
    var node = LoneNode.of(3, 2, 2, 2);
    node.receive(2, new AppendEntries(2, new EntryId(2, 4), 3, List.of(entry(2, 5))));
    node.settle();
    node.node.crash(0);
    node.node.start(1);
    assertThat(node.core().commitIndex()).isEqualTo(3);
    assertThat(node.node.ready().toApply()).containsExactly(entry(2, 2), entry(2, 3));
  }

  @Test
  void aLogShorterThanItsCommitIndexIsABrokenInvariant() {
    var disk = new MemoryDisk(Members.voters(1, 2, 3));
    var restored = new Restored(HardState.INITIAL, 2, 0, disk.restored(0).configurations());
    assertThatThrownBy(() ->
            new RaftCore(id(1), RaftConfig.DEFAULT, restored, disk, new FixedWait(1), event -> {}))
        .isInstanceOf(Invariant.Violation.class);
  }

  @Test
  void aCommitIndexBeyondTheLogIsABrokenInvariant() {
    var follower = LoneNode.of(3, 2);
    assertThatThrownBy(() -> follower.receive(2, heartbeat(2, 3, 1)))
        .isInstanceOf(Invariant.Violation.class)
        .hasMessageContaining("lost entries");
  }

  @Test
  void handsOutEntriesInRangesAndNoMoreThanTwoOfThemAhead() {
    var config = RaftConfig.DEFAULT.with(new RaftConfig.Flow(1 << 20, 8, 64 << 20, 70, 32 << 20));
    var node =
        new LoneNode(new MemoryDisk(Members.voters(1, 2, 3)).with(2, 2, 2, 2, 2, 2, 2, 2), config);
    node.receive(2, new AppendEntries(2, new EntryId(2, 9), 9, List.of()));
    assertThat(indexes(node.node.ready())).containsExactly(1L); // as large as a range by itself
    assertThat(indexes(node.node.ready())).isEmpty();
    node.node.apply(1);
    assertThat(indexes(node.node.ready())).containsExactly(2L, 3L);
    assertThat(indexes(node.node.ready())).containsExactly(4L, 5L);
    assertThat(indexes(node.node.ready())).isEmpty();
    assertThat(node.core().hasReady()).isFalse();
    node.node.apply(1);
    assertThat(indexes(node.node.ready())).as("a part of a range is not enough").isEmpty();
    node.node.apply(1);
    assertThat(indexes(node.node.ready())).containsExactly(6L, 7L);
  }

  @Test
  void appliedBeyondWhatWasHandedOutIsABrokenInvariant() {
    var node = LoneNode.of(3);
    assertThatThrownBy(() -> node.node.step(new Applied(1)))
        .isInstanceOf(Invariant.Violation.class);
  }

  @Test
  void refusesProposalsWhereItDoesNotLead() {
    var follower = LoneNode.of(3);
    follower.node.propose(5, "x");
    assertThat(follower.node.ready().refused())
        .containsExactly(new Refused(5, RefusalReason.NOT_LEADER));
    follower.stand();
    follower.node.propose(6, "x");
    assertThat(follower.node.ready().refused())
        .containsExactly(new Refused(6, RefusalReason.NOT_LEADER));
  }

  @Test
  void refusesWhatIsTooMuchUncommitted() {
    int bytes = 2 * (Entry.OVERHEAD_BYTES + 1);
    var config = RaftConfig.DEFAULT.with(new RaftConfig.Flow(1 << 20, 8, bytes, 4 << 20, 0));
    var leader = new LoneNode(new MemoryDisk(Members.voters(1, 2, 3)), config);
    leader.leadAndCommit();
    leader.node.step(
        new Propose(
            List.of(
                TestNode.proposal(1, "a"), TestNode.proposal(2, "b"), TestNode.proposal(3, "c"))));
    Ready ready = leader.node.ready();
    assertThat(ready.accepted()).extracting(Ready.Accepted::ticket).containsExactly(1L, 2L);
    assertThat(ready.refused()).containsExactly(new Refused(3, RefusalReason.OVERLOADED));
    leader.acknowledgeWithoutSync(4); // committed, and not on this node's disk yet
    leader.node.propose(4, "d");
    assertThat(leader.node.ready().refused())
        .containsExactly(new Refused(4, RefusalReason.OVERLOADED));
    leader.settle();
    leader.node.propose(5, "e".repeat(10 * bytes));
    assertThat(leader.node.ready().accepted())
        .as("one of any size when there is nothing else")
        .hasSize(1);
  }

  @Test
  void aConfigurationIsInForceFromItsAppendAndUntilItsTruncation() {
    var follower = LoneNode.of(3, 2);
    var larger = Members.voters(1, 2, 3, 4, 5);
    var change = new Entry(new EntryId(2, 3), EntryKind.CONFIGURATION, 0, larger.encode());
    follower.receive(2, new AppendEntries(2, new EntryId(2, 2), 0, List.of(change)));
    assertThat(follower.core().configuration()).isEqualTo(larger);
    follower.receive(3, new AppendEntries(3, new EntryId(2, 2), 0, List.of(entry(3, 3))));
    assertThat(follower.core().configuration()).isEqualTo(Members.voters(1, 2, 3));
  }

  @Test
  void aConfigurationOfALaterFormatStopsTheNode() {
    var follower = LoneNode.of(3);
    var unknown =
        new Entry(new EntryId(2, 2), EntryKind.CONFIGURATION, 0, Payload.wrap(new byte[] {99}));
    assertThatThrownBy(
            () -> follower.receive(2, new AppendEntries(2, new EntryId(1, 1), 0, List.of(unknown))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown format");
  }

  private static List<Long> indexes(Ready ready) {
    return ready.toApply().stream().map(Entry::index).toList();
  }
}
