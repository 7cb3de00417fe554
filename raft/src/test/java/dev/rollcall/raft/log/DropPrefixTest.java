package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.IDENTITY;
import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.raft.log.Fixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.WrittenLog.Place;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** A log that loses its beginning keeps all the rest, and does it in whole files. */
final class DropPrefixTest {
  private final MemoryDisk disk = new MemoryDisk(Seeds.generator(1));
  private SegmentedLog log = SegmentedLog.create(disk, IDENTITY, SMALL, Fixtures.FIRST);
  private LogModel expected = LogModel.created();

  @Test
  void dropsTheSegmentsThatHoldNothingElse() throws IOException {
    appendUntil(segments -> segments == 5);
    List<Place> places = WrittenLog.places(disk);
    long thirdBegins = firstIndexOf(places, 3);
    log.dropPrefix(thirdBegins - 1);
    assertThat(log.firstIndex()).isEqualTo(firstIndexOf(places, 2));
    log.dropPrefix(thirdBegins);
    assertThat(Segment.ids(disk.list())).containsExactly(3L, 4L, 5L);
    for (int i = 0; i < 2; i++) {
      assertThat(LogModel.of(log)).isEqualTo(expected.from(thirdBegins));
      reopen();
    }
  }

  @Test
  void neverDropsTheTail() throws IOException {
    appendUntil(segments -> segments == 3);
    log.dropPrefix(log.lastIndex() + 1);
    assertThat(Segment.ids(disk.list())).containsExactly(3L);
    assertThat(LogModel.of(log)).isEqualTo(expected.from(log.firstIndex()));
    reopen();
    assertThat(LogModel.of(log)).isEqualTo(expected.from(log.firstIndex()));
    assertThat(log.firstIndex()).isGreaterThan(1);
  }

  @Test
  void refusesToReadWhatIsGone() throws IOException {
    appendUntil(segments -> segments == 3);
    log.dropPrefix(log.lastIndex());
    long first = log.firstIndex();
    assertThat(log.term(first - 1)).isEqualTo(1);
    assertThatExceptionOfType(Invariant.Violation.class)
        .isThrownBy(() -> log.entries(first - 1, first, Long.MAX_VALUE));
    assertThatExceptionOfType(Invariant.Violation.class).isThrownBy(() -> log.term(first - 2));
    assertThatExceptionOfType(CorruptLog.class).isThrownBy(() -> log.restored(first - 2));
  }

  @Test
  void keepsTermVoteCommitIndexAndConfiguration() throws IOException {
    var voted = new HardState(7, Optional.of(Fixtures.OTHER));
    byte[] second = Fixtures.SECOND.encode().bytes();
    append(write(voted, 1, Fixtures.entry(7, 2, EntryKind.CONFIGURATION, second)));
    long committed = 1;
    while (Segment.ids(disk.list()).size() < 3) {
      committed = expected.lastIndex();
      append(write(voted, committed, Fixtures.command(7, committed + 1, "x")));
    }
    log.dropPrefix(committed);
    assertThat(log.firstIndex()).isGreaterThan(2);
    reopen();
    assertThat(log.restored(log.firstIndex() - 1).hardState()).isEqualTo(voted);
    assertThat(log.restored(log.firstIndex() - 1).commitIndex()).isEqualTo(committed);
    assertThat(log.restored(log.firstIndex() - 1).configurations())
        .containsExactly(new ConfigurationAt(2, Fixtures.SECOND));
  }

  /**
   * The second segment's header names the entry before it, which a batch in it then supersedes: a
   * log can not begin there, or it would believe in an entry that is no more.
   */
  @Test
  void doesNotBeginWhereALaterBatchReachesBelow() throws IOException {
    appendUntil(segments -> segments == 2);
    long secondBegins = firstIndexOf(WrittenLog.places(disk), 2);
    append(commands(2, secondBegins - 1, "replaced", "and more"));
    log.dropPrefix(secondBegins + 1);
    assertThat(log.firstIndex()).isEqualTo(1);
    appendUntil(segments -> segments == 4);
    log.dropPrefix(expected.lastIndex());
    assertThat(Segment.ids(disk.list())).containsExactly(4L);
    assertThat(LogModel.of(log)).isEqualTo(expected.from(log.firstIndex()));
    reopen();
    assertThat(LogModel.of(log)).isEqualTo(expected.from(log.firstIndex()));
  }

  @Test
  void aCrashOnTheWayLeavesALogThatBeginsAtASegment() throws IOException {
    appendUntil(segments -> segments == 6);
    List<Place> places = WrittenLog.places(disk);
    List<Long> begins = List.of(1L, firstIndexOf(places, 2), firstIndexOf(places, 3));
    Seeds.each(
        20,
        random -> {
          for (long step = 0; step < 8; step++) {
            MemoryDisk copy = disk.copy(random);
            copy.crash(Loss.NOTHING);
            SegmentedLog opened = SegmentedLog.open(copy, IDENTITY, SMALL);
            copy.endPowerAfter(step);
            try {
              opened.dropPrefix(begins.getLast());
            } catch (LogFailure e) {
              assertThat(e).hasMessageContaining("no power");
            }
            copy.crash(Seeds.oneOf(random, Loss.values()));
            LogModel found = LogModel.of(SegmentedLog.open(copy, IDENTITY, SMALL));
            assertThat(begins).contains(found.firstIndex());
            assertThat(found).isEqualTo(expected.from(found.firstIndex()));
          }
        });
  }

  /** The second segment is the first that is left for a moment, and no log can begin with it. */
  @Test
  void aCrashOnTheWayOverASupersededBeginningLeavesALogThatBeginsBehindIt() throws IOException {
    appendUntil(segments -> segments == 2);
    long secondBegins = firstIndexOf(WrittenLog.places(disk), 2);
    append(commands(2, secondBegins - 1, "replaced", "and more"));
    appendUntil(segments -> segments == 5);
    List<Place> places = WrittenLog.places(disk);
    List<Long> begins =
        List.of(1L, firstIndexOf(places, 3), firstIndexOf(places, 4), firstIndexOf(places, 5));
    Seeds.each(
        20,
        random -> {
          for (long step = 0; step < 12; step++) {
            MemoryDisk copy = disk.copy(random);
            copy.crash(Loss.NOTHING);
            SegmentedLog opened = SegmentedLog.open(copy, IDENTITY, SMALL);
            copy.endPowerAfter(step);
            try {
              opened.dropPrefix(begins.getLast());
            } catch (LogFailure e) {
              assertThat(e).hasMessageContaining("no power");
            }
            copy.crash(Seeds.oneOf(random, Loss.values()));
            LogModel found = LogModel.of(SegmentedLog.open(copy, IDENTITY, SMALL));
            assertThat(begins).contains(found.firstIndex());
            assertThat(found).isEqualTo(expected.from(found.firstIndex()));
            assertThat(Segment.ids(copy.list()).getFirst()).isNotEqualTo(2L);
          }
        });
  }

  @Test
  void keepsTwoFilesForTheNextSegmentsAndDeletesTheRest() throws IOException {
    appendUntil(segments -> segments == 6);
    log.dropPrefix(expected.lastIndex());
    assertThat(disk.list())
        .containsExactly("0000000000000001.spare", "0000000000000002.spare", Segment.name(6));
    assertThat(log.prepareSpare()).isFalse();
    appendUntil(segments -> segments == 3);
    assertThat(disk.list()).containsExactly(Segment.name(6), Segment.name(7), Segment.name(8));
    LogModel before = LogModel.of(log);
    reopen();
    assertThat(LogModel.of(log)).isEqualTo(before);
  }

  /** Old bytes of the file behind a torn write are none of this segment's. */
  @Test
  void oldBytesOfARecycledFileAreNotRead() throws IOException {
    appendUntil(segments -> segments == 3);
    log.dropPrefix(expected.lastIndex());
    appendUntil(segments -> segments == 2);
    append(commands(1, expected.lastIndex() + 1, "forced"));
    LogModel forced = expected.from(log.firstIndex());
    Persist untold = commands(1, expected.lastIndex() + 1, "torn", "torn");
    log.append(untold);
    log.force();
    List<Place> places = WrittenLog.places(disk);
    Place last = places.getLast();
    for (long at = last.start(); at < last.end(); at++) {
      MemoryDisk torn = disk.copy(Seeds.generator(1));
      torn.corrupt(last.file(), at, 0x21);
      torn.crash(Loss.NOTHING);
      assertThat(LogModel.of(SegmentedLog.open(torn, IDENTITY, SMALL))).isEqualTo(forced);
    }
  }

  /** A start copies the tail into a spare; what it leaves behind the end must not be the tail's. */
  @Test
  void whatAStartCutsDoesNotComeBackFromASpare() throws IOException {
    appendUntil(segments -> segments == 3);
    log.dropPrefix(expected.lastIndex());
    append(commands(1, expected.lastIndex() + 1, "forced"));
    LogModel forced = expected.from(log.firstIndex());
    log.append(commands(1, expected.lastIndex() + 1, "torn"));
    log.append(commands(1, expected.lastIndex() + 2, "behind the tear"));
    log.force();
    List<Place> places = WrittenLog.places(disk);
    Place torn = places.get(places.size() - 2);
    for (long step = 0; step < 12; step++) {
      // The start sees all of it in the memory of a system that dies; then the disk has a tear.
      MemoryDisk copy = disk.copy(Seeds.generator(step));
      copy.crash(Loss.NOTHING);
      copy.endPowerAfter(step);
      try {
        SegmentedLog.open(copy, IDENTITY, SMALL).close();
      } catch (LogFailure e) {
        assertThat(e).hasMessageContaining("no power");
        copy.crash(Loss.EVERYTHING);
        copy.corrupt(torn.file(), torn.start(), 1);
        LogModel found = LogModel.of(SegmentedLog.open(copy, IDENTITY, SMALL));
        assertThat(found).as("step %d", step).isEqualTo(forced);
      }
    }
  }

  /** The file it reads is neither closed nor written to before it is done. */
  @Test
  void aReaderWithAnOlderViewReadsOn() throws IOException {
    var recording = new RecordingDisk(disk);
    disk.crash(Loss.NOTHING);
    log = SegmentedLog.open(recording, IDENTITY, SMALL);
    appendUntil(segments -> segments == 5);
    recording.duringNextRead(() -> {
      log.dropPrefix(expected.lastIndex());
      try {
        appendUntil(segments -> segments == 3);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    assertThat(log.entries(1, 3, Long.MAX_VALUE)).isEqualTo(expected.entries().subList(0, 3));
    assertThat(log.firstIndex()).isGreaterThan(3);
    assertThat(log.prepareSpare()).isFalse();
    appendUntil(segments -> segments == 4);
    assertThat(LogModel.of(log)).isEqualTo(expected.from(log.firstIndex()));
  }

  @Test
  void forcesWhatWaits() throws IOException {
    appendUntil(segments -> segments == 2);
    Persist waiting = commands(1, expected.lastIndex() + 1, "waits");
    log.append(waiting);
    log.dropPrefix(expected.lastIndex());
    assertThat(log.lastIndex()).isEqualTo(expected.with(waiting).lastIndex());
  }

  private void append(Persist write) {
    log.append(write);
    log.force();
    expected = expected.with(write);
  }

  private void appendUntil(IntPredicate segments) throws IOException {
    while (!segments.test(Segment.ids(disk.list()).size())) {
      append(commands(expected.hardState().currentTerm(), expected.lastIndex() + 1, "an entry"));
    }
  }

  private void reopen() {
    disk.crash(Loss.EVERYTHING);
    log = SegmentedLog.open(disk, IDENTITY, SMALL);
  }

  private static long firstIndexOf(List<Place> places, long segment) {
    return places.stream()
        .filter(place -> place.file().equals(Segment.name(segment)))
        .mapToLong(place -> place.header().firstIndex())
        .findFirst()
        .orElseThrow();
  }
}
