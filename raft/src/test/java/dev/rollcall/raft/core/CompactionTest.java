package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static dev.rollcall.raft.core.Members.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.InstallSnapshot;
import dev.rollcall.raft.core.RaftEvent.SnapshotInstalled;
import dev.rollcall.raft.core.Ready.SnapshotOffer;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Logs that forget their beginning, and snapshots in its place. */
class CompactionTest {
  private static final Configuration THREE = Members.voters(1, 2, 3);
  private static final RaftConfig KEEPS_NOTHING =
      RaftConfig.DEFAULT.with(new RaftConfig.Compaction(0, 0, 1 << 20));

  @Test
  void forgetsNothingThatIsNotCommittedAndApplied() {
    var follower = follower(2, 2, 2, 2);
    follower.receive(2, new AppendEntries(2, new EntryId(2, 5), 3, List.of()));
    follower.settle();
    follower.node.flushed(3);
    assertThat(follower.node.ready().compactTo()).hasValue(4);
    assertThat(follower.node.log()).containsExactly(entry(2, 4), entry(2, 5));
  }

  @Test
  void keepsAnsweringForWhatItHasForgotten() {
    var follower = compactedTo(4);
    assertThat(follower.answer(2, new AppendEntries(2, new EntryId(2, 2), 3, entries(3, 4))))
        .as("a late message from before")
        .isEqualTo(new AppendEntriesResponse(2, true, 4, 0, 2));
    assertThat(follower.answer(2, new AppendEntries(2, new EntryId(2, 9), 3, List.of())))
        .isEqualTo(new AppendEntriesResponse(2, false, 5, 2, 9));
  }

  /** A snapshot is taken for durable only with the write that begins the log anew. */
  @Test
  void acknowledgesASnapshotOnceItsLogStartIsDurable() {
    var follower = follower(2);
    follower.receive(2, new InstallSnapshot(2, new EntryId(2, 7)));
    assertThat(follower.node.ready().snapshot())
        .contains(new SnapshotOffer(id(2), 2, new EntryId(2, 7)));
    follower.node.step(new SnapshotInstalled(startBehind(8)));
    follower.receive(2, new InstallSnapshot(2, new EntryId(2, 7)));
    Ready ready = follower.node.ready();
    assertThat(ready.snapshot()).as("it has it by now").isEmpty();
    assertThat(ready.persist().orElseThrow().start()).contains(startBehind(8));
    assertThat(ready.toSend()).isEmpty();
    follower.node.sync(1);
    assertThat(follower.node.ready().toSend())
        .containsExactly(new Outbound(id(2), new AppendEntriesResponse(2, true, 7, 0, 7)));
    assertThat(follower.core().configuration()).isEqualTo(Members.voters(1, 2, 3, 4));
  }

  @Test
  void keepsTheSuffixWhenTheLogHasTheSnapshotsLastEntry() {
    var follower = follower(2, 2, 2, 2);
    follower.node.step(new SnapshotInstalled(startBehind(3)));
    Ready ready = follower.node.ready();
    assertThat(ready.persist()).isEmpty();
    assertThat(follower.core().lastIndex()).isEqualTo(5);
    assertThat(follower.core().commitIndex()).isEqualTo(3);
    assertThat(follower.core().configuration()).as("of its own log").isEqualTo(THREE);
  }

  @Test
  void dropsASuffixThatConflictsWithTheSnapshot() {
    var follower = follower(1, 1, 1, 1);
    follower.node.step(new SnapshotInstalled(startBehind(3)));
    assertThat(follower.core().currentTerm()).isEqualTo(2);
    assertThat(follower.node.ready().persist().flatMap(Ready.Persist::start))
        .contains(startBehind(3));
    assertThat(follower.core().lastIndex()).isEqualTo(3);
  }

  /** What is committed may have come from a leader that this node has not heard of yet. */
  @Test
  void leavesAloneADeposedLeaderThatContradictsTheSnapshot() {
    var follower = follower(1);
    follower.receive(2, new AppendEntries(3, new EntryId(1, 2), 1, List.of()));
    follower.node.step(new SnapshotInstalled(startBehind(4)));
    follower.settle();
    var late = List.of(entry(3, 3), entry(3, 4), entry(3, 5));
    assertThat(follower.answers(2, new AppendEntries(3, new EntryId(1, 2), 1, late))).isEmpty();
    assertThat(follower.core().lastIndex()).isEqualTo(4);
  }

  @Test
  void aStaleSnapshotChangesNothing() {
    var follower = compactedTo(4);
    long commit = follower.core().commitIndex();
    follower.node.step(new SnapshotInstalled(startBehind(2)));
    assertThat(follower.node.ready()).isEqualTo(TestNode.NOTHING);
    assertThat(follower.core().commitIndex()).isEqualTo(commit);
  }

  /** Entries handed out before are not handed out again, and those behind the snapshot are. */
  @Test
  void goesOnApplyingBehindTheSnapshot() {
    var follower = follower(2, 2, 2, 2);
    follower.node.step(new SnapshotInstalled(startBehind(3)));
    follower.receive(2, new AppendEntries(2, new EntryId(2, 5), 5, List.of()));
    assertThat(follower.node.ready().toApply()).containsExactly(entry(2, 4), entry(2, 5));
    follower.node.step(new RaftEvent.Applied(1)); // said before the switch
    follower.node.step(new RaftEvent.Applied(5));
  }

  @Test
  void aNodeStartsFromACompactedLog() {
    var follower = compactedTo(4);
    follower.node.sync(0);
    follower.node.crash(0);
    follower.node.start(3);
    assertThat(follower.node.disk().firstIndex()).isEqualTo(4);
    assertThat(follower.core().lastIndex()).isEqualTo(5);
    assertThat(follower.core().configuration()).isEqualTo(THREE);
  }

  @Test
  void bytesAreCountedFromTheEnd() {
    var marks = new ByteMarks();
    for (long index = 1; index <= 5000; index++) {
      marks.appended(index, 10);
    }
    assertThat(marks.firstOfLast(50_000)).isEqualTo(1);
    assertThat(marks.firstOfLast(10_000)).isBetween(4001L, 4010L);
    marks.truncateFrom(4501);
    assertThat(marks.firstOfLast(10_000)).isBetween(3490L, 3510L);
    marks.forgetBefore(4000);
    assertThat(marks.firstOfLast(10_000)).isEqualTo(1);
    assertThat(marks.firstOfLast(1_000)).isBetween(4390L, 4410L);
    marks.clear();
    assertThat(marks.firstOfLast(0)).isEqualTo(1);
  }

  private static LoneNode follower(long... terms) {
    return new LoneNode(new MemoryDisk(THREE).with(terms), KEEPS_NOTHING);
  }

  /** Has 2 to 5, of which 5 is not committed, and has forgotten what is before {@code first}. */
  private static LoneNode compactedTo(long first) {
    var follower = follower(2, 2, 2, 2);
    follower.receive(2, new AppendEntries(2, new EntryId(2, 5), 4, List.of()));
    follower.settle();
    follower.node.flushed(first - 1);
    follower.settle();
    return follower;
  }

  private static List<Entry> entries(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(index -> entry(2, index)).toList();
  }

  private static LogStart startBehind(long index) {
    return new LogStart(new EntryId(2, index), new ConfigurationAt(2, Members.voters(1, 2, 3, 4)));
  }
}
