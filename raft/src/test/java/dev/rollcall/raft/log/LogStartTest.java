package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.IDENTITY;
import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.raft.log.Fixtures.term;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.WrittenLog.Place;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A log that begins behind a snapshot is the old one or the new one at any moment, never a mix. */
final class LogStartTest {
  private static final LogStart START =
      new LogStart(new EntryId(5, 400), new ConfigurationAt(390, Fixtures.SECOND));
  private static final HardState VOTED = new HardState(6, Optional.of(Fixtures.OTHER));

  private final MemoryDisk disk = new MemoryDisk(Seeds.generator(1));
  private SegmentedLog log = SegmentedLog.create(disk, IDENTITY, SMALL, Fixtures.FIRST);

  @Test
  void dropsTheLogWholeAndGoesOnBehindTheStart() throws IOException {
    fill(log, 40);
    log.append(startWith(Fixtures.command(6, 401, "a"), Fixtures.command(6, 402, "b")));
    log.force();
    LogModel expected = startedWith(Fixtures.command(6, 401, "a"), Fixtures.command(6, 402, "b"));
    for (int i = 0; i < 2; i++) {
      assertThat(LogModel.of(log)).isEqualTo(expected);
      assertThat(Segment.ids(disk.list())).hasSize(1);
      reopen(disk);
    }
    log.append(commands(7, 402, "c", "d"));
    log.force();
    reopen(disk);
    assertThat(log.entries(401, 403, Long.MAX_VALUE))
        .containsExactly(
            Fixtures.command(6, 401, "a"),
            Fixtures.command(7, 402, "c"),
            Fixtures.command(7, 403, "d"));
  }

  /** Also backwards, which a recovered cluster may ask for. */
  @Test
  void theStartMayLieAnywhere() {
    fill(log, 40);
    for (long index : new long[] {0, 3, 40, 41, 1000}) {
      long term = index == 0 ? 0 : 1;
      var start =
          new LogStart(new EntryId(term, index), new ConfigurationAt(index / 2, Fixtures.SECOND));
      log.append(new Persist(1, VOTED, 0, Optional.of(start), List.of()));
      reopen(disk);
      assertThat(log.firstIndex()).isEqualTo(index + 1);
      assertThat(log.lastIndex()).isEqualTo(index);
      assertThat(log.term(index)).isEqualTo(term);
      assertThat(log.restored(index).hardState()).isEqualTo(VOTED);
      assertThat(log.restored(index).configurations()).containsExactly(start.configuration());
    }
  }

  @Test
  void isDurableAndVisibleWithoutAForce() {
    fill(log, 3);
    log.append(startWith());
    assertThat(log.firstIndex()).isEqualTo(401);
    assertThat(log.restored(400).commitIndex()).isEqualTo(400);
    disk.crash(Loss.EVERYTHING);
    log = SegmentedLog.open(disk, IDENTITY, SMALL);
    assertThat(LogModel.of(log)).isEqualTo(startedWith());
  }

  @Test
  void aCrashLeavesTheOldLogOrTheNew() {
    List<Entry> forced = fill(log, 40);
    Entry next = Fixtures.command(6, 401, "next");
    for (boolean spare : new boolean[] {false, true}) {
      if (spare) {
        log.dropPrefix(20);
      }
      LogModel old = LogModel.of(log);
      Seeds.each(
          20,
          random -> {
            var seen = new ArrayList<LogModel>();
            for (long step = 0; step < 30; step++) {
              MemoryDisk copy = disk.copy(random);
              copy.crash(Loss.NOTHING);
              SegmentedLog opened = SegmentedLog.open(copy, IDENTITY, SMALL);
              copy.endPowerAfter(step);
              boolean done = crashingStart(opened, next);
              copy.crash(Seeds.oneOf(random, Loss.values()));
              LogModel found = LogModel.of(SegmentedLog.open(copy, IDENTITY, SMALL));
              assertThat(found).isIn(old, startedWith(), startedWith(next));
              assertThat(!done || found.equals(startedWith(next))).isTrue();
              seen.add(found);
              copy.crash(Loss.EVERYTHING);
              assertThat(LogModel.of(SegmentedLog.open(copy, IDENTITY, SMALL))).isEqualTo(found);
            }
            assertThat(seen).contains(old, startedWith(next));
          });
    }
    assertThat(forced).hasSize(40);
  }

  /** What was appended and not forced is of the old log, and goes with it. */
  @Test
  void dropsWhatWaits() {
    log.append(commands(1, 2, "waits"));
    log.append(startWith());
    log.force();
    reopen(disk);
    assertThat(LogModel.of(log)).isEqualTo(startedWith());
  }

  @Test
  void aDamagedBeginningIsNoOlderLog() throws IOException {
    fill(log, 40);
    log.append(startWith(Fixtures.command(6, 401, "a")));
    log.force();
    Place start = WrittenLog.places(disk).getFirst();
    assertThat(start.header().kind()).isEqualTo(BatchKind.START);
    for (long at = 0; at < start.end(); at++) {
      MemoryDisk damaged = disk.copy(Seeds.generator(1));
      damaged.corrupt(start.file(), at, 4);
      damaged.crash(Loss.NOTHING);
      assertThatExceptionOfType(CorruptLog.class)
          .as("at %d", at)
          .isThrownBy(() -> SegmentedLog.open(damaged, IDENTITY, SMALL));
    }
  }

  @Test
  void aResetKeepsTheVoteUnlessTheTermMovesOn() {
    log.append(Fixtures.write(VOTED, 0));
    log.force();
    log.reset(START);
    reopen(disk);
    assertThat(LogModel.of(log)).isEqualTo(startedWith());
    log.reset(new LogStart(new EntryId(9, 500), START.configuration()));
    reopen(disk);
    assertThat(log.restored(500).hardState()).isEqualTo(term(9));
  }

  @Test
  void aNodeThatJoinsBeginsWithNothing() {
    var fresh = new MemoryDisk(Seeds.generator(1));
    var start = new LogStart(EntryId.NONE, new ConfigurationAt(0, Fixtures.FIRST));
    log = SegmentedLog.createFrom(fresh, IDENTITY, SMALL, HardState.INITIAL, start);
    for (int i = 0; i < 2; i++) {
      assertThat(log.firstIndex()).isEqualTo(1);
      assertThat(log.lastIndex()).isZero();
      assertThat(log.restored(0).hardState()).isEqualTo(HardState.INITIAL);
      assertThat(log.restored(0).configurations()).containsExactly(start.configuration());
      reopen(fresh);
    }
    log.append(Fixtures.write(term(1), 0, Fixtures.firstEntry()));
    log.force();
    reopen(fresh);
    assertThat(log.entries(1, 1, 0)).containsExactly(Fixtures.firstEntry());
  }

  @Test
  void anotherHistoryTakesThePlaceOfTheLogInOneStep() {
    fill(log, 40);
    LogModel old = LogModel.of(log);
    var history = new LogIdentity(IDENTITY.clusterId(), new HistoryId(9, 9), IDENTITY.nodeId(), 0);
    Seeds.each(
        10,
        random -> {
          for (long step = 0; step < 20; step++) {
            MemoryDisk copy = disk.copy(random);
            copy.crash(Loss.NOTHING);
            copy.endPowerAfter(step);
            boolean done = false;
            try {
              SegmentedLog.createFrom(copy, history, SMALL, VOTED, START).close();
              done = true;
            } catch (LogFailure e) {
              assertThat(e).hasMessageContaining("no power");
            }
            copy.crash(Seeds.oneOf(random, Loss.values()));
            try {
              LogModel found = LogModel.of(SegmentedLog.open(copy, history, SMALL));
              assertThat(found).isEqualTo(startedWith());
            } catch (WrongIdentity e) {
              assertThat(done).isFalse();
              LogModel found = LogModel.of(SegmentedLog.open(copy, IDENTITY, SMALL));
              assertThat(found).isEqualTo(old);
            }
          }
        });
  }

  private static boolean crashingStart(SegmentedLog log, Entry next) {
    try {
      log.append(startWith(next));
      log.force();
      return true;
    } catch (LogFailure e) {
      assertThat(e).hasMessageContaining("no power");
      return false;
    }
  }

  private static Persist startWith(Entry... entries) {
    return new Persist(1, VOTED, 0, Optional.of(START), List.of(entries));
  }

  private static LogModel startedWith(Entry... entries) {
    return new LogModel(
        VOTED, 400, START.previous(), List.of(START.configuration()), List.of(entries));
  }

  private static List<Entry> fill(SegmentedLog log, int count) {
    var entries = new ArrayList<Entry>();
    for (long index = 2; entries.size() < count; index++) {
      Persist write = commands(1, index, "entry " + index);
      log.append(Fixtures.write(term(1), index - 1, write.entries().getFirst()));
      log.force();
      entries.addAll(write.entries());
    }
    return entries;
  }

  private void reopen(MemoryDisk of) {
    of.crash(Loss.EVERYTHING);
    log = SegmentedLog.open(of, IDENTITY, SMALL);
  }
}
