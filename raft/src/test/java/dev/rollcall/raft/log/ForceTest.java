package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.IDENTITY;
import static dev.rollcall.raft.log.Fixtures.ROOMY;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.raft.log.Fixtures.term;
import static dev.rollcall.raft.log.Fixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a force costs, and what happens when it fails. */
final class ForceTest {
  private final MemoryDisk disk = new MemoryDisk(Seeds.generator(1));
  private final SegmentedLog log = SegmentedLog.create(disk, IDENTITY, ROOMY, Fixtures.FIRST);

  @Test
  void oneWriteAndOneForceForAnyNumberOfAppends() {
    long operations = disk.operations();
    for (int i = 2; i < 20; i++) {
      log.append(commands(1, i, "entry"));
    }
    assertThat(disk.operations()).isEqualTo(operations);
    log.force();
    assertThat(disk.operations()).isEqualTo(operations + 2);
    assertThat(log.lastIndex()).isEqualTo(19);
  }

  @Test
  void nothingIsForcedForNothing() {
    long forces = disk.forces();
    log.force();
    log.append(write(term(1), 0));
    log.force();
    log.force();
    assertThat(disk.forces()).isEqualTo(forces + 1);
  }

  @Test
  void aGroupLargerThanTheBufferIsStillForcedOnce() {
    var config = new LogConfig(1 << 20, 1 << 14);
    var large = new MemoryDisk(Seeds.generator(1));
    SegmentedLog wide = SegmentedLog.create(large, IDENTITY, config, Fixtures.FIRST);
    long forces = large.forces();
    String text = "x".repeat(30_000);
    wide.append(commands(1, 2, text, text, text, text, "y".repeat(200_000), text));
    wide.force();
    assertThat(large.forces()).isEqualTo(forces + 1);
    assertThat(wide.entries(7, 7, 0)).isEqualTo(commands(1, 7, text).entries());
  }

  @Test
  void aFailedForceIsNeverTriedAgain() {
    log.append(commands(1, 2, "a"));
    disk.failNextForce();
    assertThatExceptionOfType(LogFailure.class)
        .isThrownBy(log::force)
        .withMessage("can not write the log: the disk failed");
    long operations = disk.operations();
    assertThatExceptionOfType(LogFailure.class)
        .isThrownBy(log::force)
        .withMessage("the log has failed before: the disk failed");
    assertThatExceptionOfType(LogFailure.class).isThrownBy(() -> log.append(commands(1, 3, "b")));
    assertThatExceptionOfType(LogFailure.class).isThrownBy(() -> log.truncateSuffix(2));
    assertThatExceptionOfType(LogFailure.class).isThrownBy(log::prepareSpare);
    assertThatExceptionOfType(LogFailure.class).isThrownBy(() -> log.entries(1, 1, 0));
    assertThat(disk.operations()).isEqualTo(operations);
    assertThat(log.lastIndex()).isEqualTo(1);
    disk.crash(Loss.EVERYTHING);
    assertThat(SegmentedLog.open(disk, IDENTITY, ROOMY).lastIndex()).isEqualTo(1);
  }

  @Test
  void aWriteThatBreaksTheRulesIsRefusedAndEndsTheLog() {
    log.append(write(term(3), 0, Fixtures.command(2, 2, "a"), Fixtures.command(2, 3, "b")));
    log.append(write(term(3), 2));
    log.force();
    assertBroken(log, broken -> broken.append(commands(3, 5, "hole")));
    assertBroken(reopened(), reopened -> reopened.append(commands(2, 4, "old term")));
    assertBroken(
        reopened(), reopened -> reopened.append(commands(3, 2, "replaces a committed one")));
    assertBroken(
        reopened(),
        reopened -> reopened.append(write(term(3), 0, Fixtures.command(1, 4, "falls"))));
    assertBroken(
        reopened(),
        reopened -> reopened.append(write(term(3), 0, Fixtures.command(4, 4, "ahead"))));
    assertBroken(reopened(), reopened -> reopened.truncateSuffix(2));
  }

  private SegmentedLog reopened() {
    disk.crash(Loss.NOTHING);
    return SegmentedLog.open(disk, IDENTITY, ROOMY);
  }

  private static void assertBroken(SegmentedLog log, Consumer<SegmentedLog> call) {
    assertThatExceptionOfType(Invariant.Violation.class).isThrownBy(() -> call.accept(log));
    assertThatExceptionOfType(LogFailure.class).isThrownBy(log::force);
  }
}
