package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static dev.rollcall.raft.core.Members.heartbeat;
import static dev.rollcall.raft.core.Members.heartbeatResponse;
import static dev.rollcall.raft.core.Members.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.RaftEvent.Persisted;
import dev.rollcall.raft.core.Ready.Persist;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is acknowledged when, as a follower and on a leader's own disk. */
class DurabilityTest {
  private static final EntryId FIRST = new EntryId(1, 1);

  @Test
  void acknowledgesEntriesWhenTheyAreDurable() {
    var follower = LoneNode.of(3, 2);
    follower.receive(2, append(2, new EntryId(2, 2), entry(2, 3)));
    Ready ready = follower.node.ready();
    assertThat(ready.persist())
        .contains(new Persist(1, new HardState(2, Optional.empty()), 0, List.of(entry(2, 3))));
    assertThat(ready.toSend()).isEmpty();
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend()).containsExactly(success(2, 3, 2));
  }

  @Test
  void answersAtOnceWhatIsDurableAlready() {
    var follower = LoneNode.of(3, 2);
    follower.settle();
    follower.receive(2, append(2, FIRST, entry(2, 2)));
    Ready ready = follower.node.ready();
    assertThat(ready.persist()).isEmpty();
    assertThat(ready.toSend()).containsExactly(success(2, 2, 1));
  }

  @Test
  void waitsForTheWriteThatCoversTheEntriesAndForNoLaterOne() {
    var follower = LoneNode.of(3, 2);
    follower.receive(2, append(2, new EntryId(2, 2), entry(2, 3)));
    follower.node.ready(); // write 1
    follower.receive(2, append(2, new EntryId(2, 3), entry(2, 4)));
    follower.node.ready(); // write 2
    follower.receive(2, append(2, new EntryId(2, 2), entry(2, 3))); // again
    assertThat(follower.node.ready().toSend()).isEmpty();
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend()).containsExactly(success(2, 3, 2), success(2, 3, 2));
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend()).containsExactly(success(2, 4, 3));
  }

  @Test
  void acknowledgesNothingInATermThatIsNotDurable() {
    // After a crash it would know neither the term nor that entry 2 must not be replaced by an
    // older leader; the new leader would count on both.
    var follower = LoneNode.of(3, 2);
    follower.settle();
    follower.receive(2, append(4, FIRST, entry(2, 2)));
    Ready ready = follower.node.ready();
    assertThat(ready.toSend()).isEmpty();
    assertThat(ready.persist().orElseThrow().hardState().currentTerm()).isEqualTo(4);
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend()).containsExactly(success(4, 2, 1));
  }

  @Test
  void answersHeartbeatsWithoutTheDisk() {
    var follower = LoneNode.of(3, 2);
    follower.receive(2, heartbeat(4, 0, 6));
    assertThat(follower.node.ready().toSend())
        .containsExactly(new Outbound(id(2), heartbeatResponse(4, 6)));
  }

  @Test
  void dropsAnAcknowledgementWhenTheTermMovesOn() {
    var follower = LoneNode.of(3, 2);
    follower.receive(2, append(2, new EntryId(2, 2), entry(2, 3)));
    follower.node.ready();
    follower.receive(3, heartbeat(3, 0, 1));
    follower.node.ready();
    follower.node.sync(2);
    assertThat(follower.node.ready().toSend()).isEmpty();
  }

  @Test
  void anOverwriteUnderWayTakesBackWhatAnEarlierWriteMadeDurable() {
    // Terms cannot tell these writes apart: 2/3, then 3/3 in its place, then 2/3 again is how it
    // could go wrong if they did. Sequences can.
    var follower = LoneNode.of(3, 2);
    follower.receive(2, append(2, new EntryId(2, 2), entry(2, 3), entry(2, 4)));
    follower.node.ready(); // write 1: 3 and 4
    follower.receive(3, append(3, new EntryId(2, 2), entry(3, 3)));
    follower.node.ready(); // write 2: another 3
    follower.node.sync(1);
    follower.receive(3, append(3, new EntryId(3, 3), entry(3, 4)));
    assertThat(follower.node.ready().toSend()).as("3 is not durable yet").isEmpty();
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend()).containsExactly(success(3, 3, 2));
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend()).containsExactly(success(3, 4, 3));
  }

  @Test
  void anOverwriteThatIsNotEvenBeingWrittenCountsToo() {
    var follower = LoneNode.of(3, 2);
    follower.receive(2, append(2, new EntryId(2, 2), entry(2, 3), entry(2, 4)));
    follower.node.ready();
    follower.receive(3, append(3, new EntryId(2, 2), entry(3, 3), entry(3, 4)));
    follower.node.sync(1); // before the overwrite is handed out
    follower.receive(3, append(3, new EntryId(2, 2), entry(3, 3)));
    assertThat(follower.node.ready().toSend()).isEmpty();
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend()).containsExactly(success(3, 4, 2), success(3, 3, 2));
  }

  @Test
  void aLeaderCountsItselfOnlyUpToItsOwnDisk() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.propose(1, "x");
    leader.node.ready();
    leader.receive(2, leader.success(2));
    assertThat(leader.core().commitIndex()).isEqualTo(2);
    leader.receive(2, leader.success(3)); // one follower and no disk of its own: no majority
    assertThat(leader.core().commitIndex()).isEqualTo(2);
    leader.node.sync(1);
    assertThat(leader.core().commitIndex()).isEqualTo(3);
  }

  @Test
  void followersDisksAloneCommit() {
    var leader = LoneNode.of(3);
    leader.leadAndCommit();
    leader.node.propose(1, "x");
    leader.node.ready();
    leader.acknowledgeWithoutSync(3);
    assertThat(leader.core().commitIndex()).isEqualTo(3);
    assertThat(leader.node.hasToApply()).isFalse();
  }

  @Test
  void recordsTheCommitIndexWithEveryWriteAndByItselfWhenIdle() {
    var follower = LoneNode.of(3, 2, 2);
    follower.receive(2, new AppendEntries(2, new EntryId(2, 3), 2, List.of()));
    for (int tick = 1; tick < RaftConfig.DEFAULT.timing().commitRecordTicks(); tick++) {
      follower.node.tick(1);
      assertThat(follower.node.ready().persist()).isEmpty();
    }
    follower.node.tick(1);
    assertThat(follower.node.ready().persist())
        .contains(new Persist(1, new HardState(2, Optional.empty()), 2, List.of()));
    follower.receive(2, heartbeat(2, 3, 1));
    follower.node.tick(10);
    follower.receive(2, append(2, new EntryId(2, 3), entry(2, 4)));
    assertThat(follower.node.ready().persist().orElseThrow().commitIndex()).isEqualTo(3);
    follower.node.tick(30);
    assertThat(follower.node.ready().persist()).as("nothing new to record").isEmpty();
  }

  @Test
  void writesInOneGoWhatSeveralEventsChanged() {
    var follower = LoneNode.of(3, 2);
    follower.receive(2, append(3, new EntryId(2, 2), entry(3, 3)));
    follower.receive(2, append(3, new EntryId(3, 3), entry(3, 4)));
    follower.receive(3, append(4, new EntryId(3, 3), entry(4, 4), entry(4, 5)));
    assertThat(follower.node.ready().persist())
        .contains(
            new Persist(
                1,
                new HardState(4, Optional.empty()),
                0,
                List.of(entry(3, 3), entry(4, 4), entry(4, 5))));
  }

  @Test
  void anAcknowledgementOfAWriteThatWasNeverHandedOutIsABrokenInvariant() {
    var follower = LoneNode.of(3);
    assertThatThrownBy(() -> follower.node.step(new Persisted(1)))
        .isInstanceOf(Invariant.Violation.class);
  }

  private static AppendEntries append(long term, EntryId previous, Entry... entries) {
    return new AppendEntries(term, previous, 0, List.of(entries));
  }

  private static Outbound success(long term, long index, long previousIndex) {
    long to = term == 3 ? 3 : 2;
    return new Outbound(id(to), new AppendEntriesResponse(term, true, index, 0, previousIndex));
  }
}
