package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.IDENTITY;
import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.commands;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is on the disk before what: the order of operations of docs/log-format.md. A crash between
 * two of them that are the wrong way round may do no harm for years.
 */
final class ForceOrderTest {
  private static final String ONE = Segment.name(1);
  private static final String TWO = Segment.name(2);
  private static final String THREE = Segment.name(3);

  private final RecordingDisk disk = new RecordingDisk(new MemoryDisk(Seeds.generator(1)));
  private SegmentedLog log = SegmentedLog.create(disk, IDENTITY, SMALL, Fixtures.FIRST);

  @Test
  void aLogIsWholeBeforeItHasItsName() {
    assertThat(disk.taken())
        .containsExactly(
            "create new.tmp",
            "write new.tmp",
            "force new.tmp",
            "rename new.tmp " + ONE,
            "force directory");
  }

  @Test
  void aSpareIsThereForSureBeforeItCounts() {
    disk.taken();
    log.prepareSpare();
    assertThat(disk.taken())
        .containsExactly(
            "create fresh.spare", "write fresh.spare", "force fresh.spare", "force directory");
  }

  @Test
  void aSegmentIsSealedBeforeTheNextHasItsNameAndHeaderedBeforeThat() {
    log.prepareSpare();
    roll(TWO);
    assertThat(disk.taken())
        .containsExactly(
            "force " + ONE,
            "write fresh.spare",
            "force fresh.spare",
            "rename fresh.spare " + TWO,
            "force directory",
            "write " + TWO,
            "force " + TWO);
  }

  @Test
  void segmentsAreDroppedFromTheFrontOneAfterTheOther() {
    roll(TWO);
    roll(THREE);
    disk.taken();
    log.dropPrefix(log.lastIndex());
    assertThat(disk.taken())
        .containsExactly(
            "rename " + ONE + " 0000000000000001.spare",
            "force directory",
            "rename " + TWO + " 0000000000000002.spare",
            "force directory");
  }

  @Test
  void theNewLogIsThereBeforeTheOldOneGoes() {
    log.prepareSpare();
    roll(TWO);
    disk.taken();
    log.reset(new LogStart(new EntryId(1, 90), new ConfigurationAt(1, Fixtures.SECOND)));
    assertThat(disk.taken())
        .containsExactly(
            "create fresh.spare",
            "write fresh.spare",
            "force fresh.spare",
            "write fresh.spare",
            "force fresh.spare",
            "rename fresh.spare " + THREE,
            "force directory",
            "rename " + ONE + " 0000000000000001.spare",
            "force directory",
            "rename " + TWO + " 0000000000000002.spare",
            "force directory");
  }

  @Test
  void aStartWritesTheTailAnewBeforeAnythingElse() {
    disk.taken();
    reopen();
    assertThat(disk.taken())
        .containsExactly(
            "create rewrite.tmp",
            "write rewrite.tmp",
            "force rewrite.tmp",
            "rename rewrite.tmp " + ONE,
            "force directory");
    log.prepareSpare();
    disk.taken();
    reopen();
    assertThat(disk.taken())
        .containsExactly(
            "rename fresh.spare rewrite.tmp",
            "force directory",
            "write rewrite.tmp",
            "force rewrite.tmp",
            "rename rewrite.tmp " + ONE,
            "force directory");
  }

  private void roll(String to) {
    disk.taken();
    while (!list().contains(to)) {
      log.append(commands(1, log.lastIndex() + 1, "entry"));
      log.force();
      if (!list().contains(to)) {
        disk.taken();
      }
    }
  }

  private List<String> list() {
    try {
      return disk.list();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void reopen() {
    log.close();
    log = SegmentedLog.open(disk, IDENTITY, SMALL);
  }
}
