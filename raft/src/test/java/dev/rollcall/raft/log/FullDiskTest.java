package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.IDENTITY;
import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.commands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A disk without room stops nothing for as long as there is a file to write to. */
final class FullDiskTest {
  private final MemoryDisk disk = new MemoryDisk(Seeds.generator(1));
  private SegmentedLog log = SegmentedLog.create(disk, IDENTITY, SMALL, Fixtures.FIRST);

  @Test
  void noRoomForASpareIsNoFailureAndIsTriedAgain() throws IOException {
    disk.limitTo(disk.usedBytes() + 100);
    assertThat(log.prepareSpare()).isFalse();
    assertThat(log.spareIsDue()).isTrue();
    append(1);
    assertThat(log.prepareSpare()).isFalse();
    disk.limitTo(disk.usedBytes() + 10_000);
    while (log.prepareSpare()) {
      assertThat(disk.list()).contains("fresh.spare");
    }
    assertThat(log.spareIsDue()).isFalse();
  }

  @Test
  void goesOnInDroppedSegmentsForever() {
    appendUntilRolled(4);
    disk.limitTo(disk.usedBytes());
    long used = disk.usedBytes();
    for (int i = 0; i < 400; i++) {
      log.dropPrefix(log.lastIndex());
      append(1);
      log.prepareSpare();
    }
    assertThat(log.firstIndex()).isGreaterThan(300);
    assertThat(disk.usedBytes()).isLessThanOrEqualTo(used);
  }

  @Test
  void startsOnAFullDiskWhenThereIsASpare() {
    while (log.prepareSpare()) {
      assertThat(log.spareIsDue()).isFalse();
    }
    append(3);
    LogModel before = LogModel.of(log);
    disk.limitTo(disk.usedBytes());
    disk.crash(Loss.EVERYTHING);
    log = SegmentedLog.open(disk, IDENTITY, SMALL);
    assertThat(LogModel.of(log)).isEqualTo(before);
  }

  @Test
  void stopsOnlyWhenThereIsNoFileToWriteTo() {
    disk.limitTo(disk.usedBytes());
    assertThatExceptionOfType(LogFailure.class)
        .isThrownBy(() -> append(100))
        .withMessageContaining("No space left on device");
    assertThat(log.lastIndex()).isGreaterThan(5);
  }

  private void appendUntilRolled(int segments) {
    try {
      while (Segment.ids(disk.list()).size() < segments) {
        append(1);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void append(int writes) {
    for (int i = 0; i < writes; i++) {
      long last = log.lastIndex();
      log.append(
          Fixtures.write(Fixtures.term(1), last, commands(1, last + 1, "x").entries().getFirst()));
      log.force();
    }
  }
}
