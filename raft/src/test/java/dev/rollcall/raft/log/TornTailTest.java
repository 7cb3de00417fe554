package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.ROOMY;
import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.command;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.raft.log.Fixtures.term;
import static dev.rollcall.raft.log.Fixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.log.WrittenLog.Place;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Writes that nobody was told of may be lost from any byte on; the rest comes back. */
final class TornTailTest {
  @Test
  void keepsTheBatchesBeforeTheTearWhereverItIs() throws IOException {
    var written =
        new WrittenLog(ROOMY)
            .append(commands(1, 2, "a", "b"))
            .force()
            .append(commands(2, 4, "c"), commands(3, 3, "d", "e"), write(term(4), 3))
            .leaveUntold();
    List<Place> places = written.places();
    for (long tear = places.get(2).start(); tear <= places.getLast().end(); tear++) {
      MemoryDisk disk = written.disk();
      WrittenLog.tear(disk, places.getLast().file(), tear);
      int whole = 0;
      while (whole < places.size() && written.isWhole(places.get(whole), disk)) {
        whole++;
      }
      assertThat(written.read(disk)).as("torn at %d", tear).isEqualTo(written.state(whole));
    }
  }

  @Test
  void takesNothingBehindAHole() throws IOException {
    var written =
        new WrittenLog(ROOMY)
            .append(commands(1, 2, "a"))
            .force()
            .append(commands(1, 3, "b"), commands(1, 4, "c"), commands(1, 5, "d"))
            .leaveUntold();
    Place hole = written.places().get(2);
    for (long at = hole.start(); at < hole.end(); at++) {
      MemoryDisk disk = written.disk();
      disk.corrupt(hole.file(), at, 0x40);
      assertThat(written.read(disk)).isEqualTo(written.state(2));
    }
  }

  /**
   * Else whoever may store bytes could make a torn write look like damage, and stop the cluster.
   */
  @Test
  void bytesOfAClientAreNoWitnessWhateverTheyAre() throws IOException {
    var forged = ByteBuffer.allocate(8 * BatchHeaderCodec.BYTES);
    for (int salt = 0; salt < 8; salt++) {
      var header =
          new BatchHeader(
              BatchKind.HARD_STATE,
              BatchHeaderCodec.BYTES,
              new SegmentChecksum(1, salt).of(forged, 0, 0),
              1 << 20,
              0,
              new BatchHeader.Durable(1 << 20, 1 << 20),
              term(1),
              0,
              3,
              0);
      int at = salt * BatchHeaderCodec.BYTES;
      BatchHeaderCodec.encode(header, forged, at, new SegmentChecksum(1, salt));
    }
    var written =
        new WrittenLog(ROOMY)
            .append(write(term(1), 0, Fixtures.entry(1, 2, EntryKind.COMMAND, forged.array())))
            .leaveUntold();
    Place torn = written.places().getLast();
    MemoryDisk disk = written.disk();
    disk.corrupt(torn.file(), torn.start(), 1);
    assertThat(written.read(disk)).isEqualTo(written.state(1));
  }

  @Test
  void whatWasCutStaysCut() throws IOException {
    var written =
        new WrittenLog(ROOMY).append(commands(1, 2, "a"), commands(1, 3, "b")).leaveUntold();
    MemoryDisk disk = written.disk();
    Place first = written.places().get(1);
    disk.corrupt(first.file(), first.start(), 1);
    assertThat(written.read(disk)).isEqualTo(written.state(1));
    disk.crash(Loss.EVERYTHING);
    try (SegmentedLog log = SegmentedLog.open(disk, Fixtures.IDENTITY, ROOMY)) {
      // As long as the one cut: if the old file were still there, "b" would follow it.
      log.append(commands(1, 2, "z"));
      log.force();
    }
    disk.crash(Loss.EVERYTHING);
    assertThat(written.read(disk).entries())
        .containsExactly(Fixtures.firstEntry(), command(1, 2, "z"));
  }

  @Test
  void aPreparedSegmentThatWasNeverBegunIsRemoved() throws IOException {
    var written = new WrittenLog(SMALL).append(commands(1, 2, "a")).force().prepareSpare();
    MemoryDisk disk = written.disk();
    assertThat(disk.list()).hasSize(2);
    assertThat(written.read(disk)).isEqualTo(written.last());
    assertThat(disk.list()).containsExactly(Segment.name(1));
  }

  @Test
  void aCrashDuringAnyStepOfARollLosesNothingForced() {
    Seeds.each(
        10,
        random -> {
          for (int step = 0, rolled = 0; rolled < 2; step++) {
            var disk = new MemoryDisk(random);
            SegmentedLog log = SegmentedLog.create(disk, Fixtures.IDENTITY, SMALL, Fixtures.FIRST);
            LogModel forced = LogModel.created();
            disk.endPowerAfter(step);
            try {
              while (disk.list().size() < 2) {
                Persist write = commands(1, forced.lastIndex() + 1, "entry");
                log.append(write);
                log.force();
                forced = forced.with(write);
              }
              rolled++;
            } catch (LogFailure | IOException e) {
              assertThat(e).hasMessageContaining("no power");
            }
            disk.crash(Seeds.oneOf(random, Loss.values()));
            LogModel found = LogModel.of(SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL));
            assertThat(found.lastIndex()).isGreaterThanOrEqualTo(forced.lastIndex());
            assertThat(found.entries()).startsWith(forced.entries().toArray(Entry[]::new));
          }
        });
  }

  @Test
  void aCrashDuringAnyStepOfAStartChangesNothing() throws IOException {
    var written =
        new WrittenLog(SMALL)
            .append(commands(1, 2, "a", "b"))
            .force()
            .append(commands(2, 3, "c"), commands(3, 4, "d"))
            .leaveUntold()
            .prepareSpare();
    MemoryDisk torn = written.disk();
    Place last = written.places().getLast();
    WrittenLog.tear(torn, last.file(), last.start() + 10);
    LogModel expected = written.state(3);
    long steps = stepsOfAStart(written, torn);
    assertThat(steps).isGreaterThan(5);
    Seeds.each(
        20,
        random -> {
          for (long step = 0; step < steps; step++) {
            for (Loss loss : Loss.values()) {
              MemoryDisk disk = torn.copy(random);
              disk.endPowerAfter(step);
              assertThatExceptionOfType(LogFailure.class)
                  .isThrownBy(() -> SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL));
              disk.crash(loss);
              assertThat(written.read(disk)).as("step %d", step).isEqualTo(expected);
              disk.crash(Loss.EVERYTHING);
              assertThat(written.read(disk)).as("step %d", step).isEqualTo(expected);
            }
          }
        });
  }

  @Test
  void aCrashDuringAnyStepOfTheCreationLeavesAllOrNothing() {
    Seeds.each(
        20,
        random -> {
          for (int step = 0; ; step++) {
            var disk = new MemoryDisk(random);
            disk.endPowerAfter(step);
            try {
              SegmentedLog.create(disk, Fixtures.IDENTITY, SMALL, Fixtures.FIRST).close();
              break;
            } catch (LogFailure e) {
              disk.crash(Seeds.oneOf(random, Loss.values()));
            }
            SegmentedLog log =
                SegmentedLog.exists(disk)
                    ? SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL)
                    : SegmentedLog.create(disk, Fixtures.IDENTITY, SMALL, Fixtures.FIRST);
            assertThat(LogModel.of(log)).isEqualTo(LogModel.created());
          }
        });
  }

  @Test
  void whatAStartHasShownIsOnTheDisk() {
    var disk = new MemoryDisk(Seeds.generator(1));
    SegmentedLog log = SegmentedLog.create(disk, Fixtures.IDENTITY, ROOMY, Fixtures.FIRST);
    log.append(commands(1, 2, "seen"));
    disk.failNextForce();
    assertThatExceptionOfType(LogFailure.class).isThrownBy(log::force);
    // The process is restarted and still finds in memory what the disk has refused.
    disk.crash(Loss.NOTHING);
    LogModel seen = LogModel.of(SegmentedLog.open(disk, Fixtures.IDENTITY, ROOMY));
    assertThat(seen.lastIndex()).isEqualTo(2);
    disk.crash(Loss.EVERYTHING);
    assertThat(LogModel.of(SegmentedLog.open(disk, Fixtures.IDENTITY, ROOMY))).isEqualTo(seen);
  }

  private static long stepsOfAStart(WrittenLog written, MemoryDisk disk) {
    MemoryDisk copy = disk.copy(Seeds.generator(1));
    long before = copy.operations();
    written.read(copy);
    return copy.operations() - before;
  }
}
