package dev.rollcall.raft.core;

import static dev.rollcall.raft.core.Members.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaftLogTest {
  private final List<TraceEvent> trace = new ArrayList<>();

  @Test
  void knowsTermsOnDiskAndInMemory() {
    var log = log(2, 2, 5);
    log.append(entry(7, 5));
    assertThat(List.of(log.term(0), log.term(1), log.term(3), log.term(4), log.term(5)))
        .containsExactly(0L, 1L, 2L, 5L, 7L);
    assertThat(log.last()).isEqualTo(new EntryId(7, 5));
    assertThat(log.contains(EntryId.NONE)).isTrue();
    assertThat(log.contains(new EntryId(5, 4))).isTrue();
    assertThat(log.contains(new EntryId(4, 4))).isFalse();
    assertThat(log.contains(new EntryId(7, 6))).isFalse();
  }

  @Test
  void takesNoEntryOutOfOrder() {
    var log = log(2);
    assertThatThrownBy(() -> log.append(entry(2, 4))).isInstanceOf(Invariant.Violation.class);
    assertThatThrownBy(() -> log.append(entry(2, 2))).isInstanceOf(Invariant.Violation.class);
    assertThatThrownBy(() -> log.append(entry(1, 3)))
        .as("terms never fall along a log")
        .isInstanceOf(Invariant.Violation.class);
  }

  @Test
  void truncatesInMemoryAndIntoWhatIsOnDisk() {
    var log = log(2, 2);
    log.append(entry(2, 4));
    log.append(entry(2, 5));
    log.truncateFrom(5);
    assertThat(log.last()).isEqualTo(new EntryId(2, 4));
    log.truncateFrom(3);
    assertThat(log.last()).isEqualTo(new EntryId(2, 2));
    log.append(entry(3, 3));
    assertThat(log.term(3)).isEqualTo(3);
    assertThat(log.slice(2, 3, 0).entries()).containsExactly(entry(2, 2));
    assertThat(log.slice(3, 3, 0).entries()).containsExactly(entry(3, 3));
    assertThat(trace).contains(new TraceEvent.Truncated(5, 5), new TraceEvent.Truncated(3, 4));
  }

  @Test
  void neverTruncatesWhatIsCommitted() {
    var log = log(2, 2);
    log.commitTo(2);
    assertThatThrownBy(() -> log.truncateFrom(2)).isInstanceOf(Invariant.Violation.class);
    log.truncateFrom(3);
    assertThat(log.lastIndex()).isEqualTo(2);
  }

  @Test
  void theCommitIndexNeverGoesBackNorBeyondTheLog() {
    var log = log(2, 2);
    assertThat(log.commitTo(2)).isTrue();
    assertThat(log.commitTo(2)).isFalse();
    assertThat(log.commitTo(1)).isFalse();
    assertThat(log.commitIndex()).isEqualTo(2);
    assertThatThrownBy(() -> log.commitTo(4)).isInstanceOf(Invariant.Violation.class);
    assertThat(trace).containsExactly(new TraceEvent.Committed(2));
  }

  @Test
  void findsTheLastIndexWithATermAtMost() {
    var log = log(2, 2, 5, 5, 5, 9); // entry 1 is of term 1
    long[][] expected = {
      {0, 7, 0}, {1, 7, 1}, {2, 7, 3}, {4, 7, 3}, {5, 7, 6}, {9, 7, 7}, {9, 4, 4}
    };
    for (long[] row : expected) {
      assertThat(log.lastWithTermAtMost(row[0], row[1]))
          .as("term %d, up to %d", row[0], row[1])
          .isEqualTo(row[2]);
    }
  }

  @Test
  void givesOutTheSameSliceTwiceWithoutCopyingItAgain() {
    var log = log();
    for (long index = 2; index < 6; index++) {
      log.append(entry(2, index));
    }
    assertThat(log.slice(2, 5, 1000)).isSameAs(log.slice(2, 5, 1000));
    assertThat(log.slice(2, 5, 70).entries()).containsExactly(entry(2, 2), entry(2, 3));
  }

  @Test
  void letsGoOnlyOfWhatIsDurableAndCommitted() {
    var log = log();
    for (long index = 2; index < 8; index++) {
      log.append(entry(2, index));
    }
    long all = log.bytesAfter(1);
    log.evict(7, 0);
    assertThat(log.bytesAfter(1)).as("nothing is committed").isEqualTo(all);
    log.commitTo(5);
    log.evict(3, 0);
    assertThat(log.bytesAfter(0)).as("2 and 3 are durable").isEqualTo(all / 6 * 4);
    log.evict(7, all / 6 * 3);
    assertThat(log.bytesAfter(0)).as("no more than must be").isEqualTo(all / 6 * 3);
  }

  @Test
  void anEmptyAnswerOfTheDiskIsABrokenInvariant() {
    var disk = new MemoryDisk(Members.voters(1)).with(2);
    var blind =
        new LogReader() {
          @Override
          public long firstIndex() {
            return 1;
          }

          @Override
          public long lastIndex() {
            return 2;
          }

          @Override
          public long term(long index) {
            return 2;
          }

          @Override
          public List<Entry> entries(long from, long to, long bytesMax) {
            return List.of();
          }
        };
    var log = new RaftLog(blind, disk.restored(0), new Outbox(trace::add));
    assertThatThrownBy(() -> log.slice(1, 2, 100)).isInstanceOf(Invariant.Violation.class);
  }

  private RaftLog log(long... terms) {
    var disk = new MemoryDisk(Members.voters(1)).with(terms);
    return new RaftLog(disk, disk.restored(0), new Outbox(trace::add));
  }
}
