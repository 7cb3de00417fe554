package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.IDENTITY;
import static dev.rollcall.raft.log.Fixtures.ROOMY;
import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.command;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.raft.log.Fixtures.term;
import static dev.rollcall.raft.log.Fixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a log promises while nothing goes wrong, on every disk. */
final class SegmentedLogTest {
  @TempDir private Path directory;
  private DiskKind.Opened disk =
      new DiskKind.Opened(DiskKind.MEMORY.open(Path.of("")).disk(), () -> {});
  private SegmentedLog log = SegmentedLog.create(disk.disk(), IDENTITY, ROOMY, Fixtures.FIRST);

  @AfterEach
  void close() throws IOException {
    log.close();
    disk.close();
  }

  @ParameterizedTest
  @EnumSource
  void beginsWithTheFirstConfiguration(DiskKind kind) {
    create(kind, ROOMY);
    assertThat(SegmentedLog.exists(disk.disk())).isTrue();
    assertThat(LogModel.of(log)).isEqualTo(LogModel.created());
    reopen(ROOMY);
    assertThat(LogModel.of(log)).isEqualTo(LogModel.created());
  }

  @ParameterizedTest
  @EnumSource
  void isCreatedOnce(DiskKind kind) {
    create(kind, ROOMY);
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> SegmentedLog.create(disk.disk(), IDENTITY, ROOMY, Fixtures.SECOND))
        .withMessageContaining("there is a log already");
    assertThat(LogModel.of(log)).isEqualTo(LogModel.created());
  }

  @ParameterizedTest
  @EnumSource
  void remembersEntriesTermVoteAndCommitIndex(DiskKind kind) {
    create(kind, ROOMY);
    var voted = new HardState(3, Optional.of(Fixtures.OTHER));
    List<Persist> writes =
        List.of(
            commands(1, 2, "a", "b"),
            write(term(2), 2),
            write(voted, 3),
            write(voted, 3, command(3, 4, "c")),
            write(voted, 4));
    LogModel expected = LogModel.created();
    for (Persist write : writes) {
      log.append(write);
      expected = expected.with(write);
    }
    log.force();
    assertThat(LogModel.of(log)).isEqualTo(expected);
    reopen(ROOMY);
    assertThat(LogModel.of(log)).isEqualTo(expected);
    assertThat(log.restored(0).hardState()).isEqualTo(voted);
    assertThat(log.restored(0).commitIndex()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void showsReadersOnlyWhatIsForced(DiskKind kind) {
    create(kind, ROOMY);
    log.append(commands(1, 2, "a"));
    assertThat(log.lastIndex()).isEqualTo(1);
    assertThatExceptionOfType(Invariant.Violation.class)
        .isThrownBy(() -> log.entries(2, 2, Long.MAX_VALUE));
    log.force();
    assertThat(log.entries(2, 2, Long.MAX_VALUE)).containsExactly(command(1, 2, "a"));
  }

  /** Raft §5.4.2, figure 8(c): an entry of term 3 makes way for one of term 2. */
  @ParameterizedTest
  @EnumSource
  void takesTheLaterWriteWhateverItsTerms(DiskKind kind) {
    create(kind, ROOMY);
    log.append(write(term(3), 1, command(1, 2, "a"), command(3, 3, "lost"), command(3, 4, "lost")));
    log.force();
    log.append(write(term(4), 1, command(2, 3, "b")));
    log.force();
    for (int i = 0; i < 2; i++) {
      assertThat(log.entries(2, 3, Long.MAX_VALUE))
          .containsExactly(command(1, 2, "a"), command(2, 3, "b"));
      assertThat(log.lastIndex()).isEqualTo(3);
      assertThat(log.term(3)).isEqualTo(2);
      reopen(ROOMY);
    }
  }

  /** Else a start would vouch for entries that nobody was told of, under other terms. */
  @Test
  void aBatchSaysOfTheDurableIndexOnlyWhatItLeavesStanding() throws IOException {
    var written =
        new WrittenLog(ROOMY)
            .append(commands(1, 2, "a", "b", "c"))
            .force()
            .append(commands(2, 3, "replaces"), commands(2, 4, "follows"), write(term(3), 0));
    List<Long> durable =
        written.force().places().stream().map(place -> place.header().durable().index()).toList();
    assertThat(durable).containsExactly(0L, 1L, 2L, 2L, 2L);
  }

  @ParameterizedTest
  @EnumSource
  void seesWhatWasWrittenBehindTheBatchThatItReadLast(DiskKind kind) {
    create(kind, ROOMY);
    for (long index = 2; index < 20; index++) {
      log.append(commands(1, index, "entry " + index));
      log.force();
      assertThat(log.entries(index, index, 0))
          .isEqualTo(commands(1, index, "entry " + index).entries());
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverShowsWhatIsSuperseded(DiskKind kind) {
    create(kind, ROOMY);
    log.append(commands(1, 2, "a", "b", "old", "old", "old"));
    log.append(commands(2, 4, "c"));
    log.append(commands(3, 5, "d"));
    log.append(commands(4, 5, "e", "f"));
    log.force();
    for (int i = 0; i < 2; i++) {
      assertThat(log.entries(1, 6, Long.MAX_VALUE))
          .extracting(entry -> new String(entry.payload().bytes(), StandardCharsets.UTF_8))
          .endsWith("a", "b", "c", "e", "f");
      reopen(ROOMY);
    }
  }

  @ParameterizedTest
  @EnumSource
  void dropsASuffixWithoutReplacingIt(DiskKind kind) {
    create(kind, ROOMY);
    log.append(commands(1, 2, "a", "b", "c"));
    log.truncateSuffix(3);
    log.force();
    for (int i = 0; i < 2; i++) {
      assertThat(log.lastIndex()).isEqualTo(2);
      reopen(ROOMY);
    }
    log.append(commands(1, 3, "d"));
    log.force();
    assertThat(log.entries(2, 3, Long.MAX_VALUE))
        .containsExactly(command(1, 2, "a"), command(1, 3, "d"));
  }

  @ParameterizedTest
  @EnumSource
  void remembersEveryConfigurationThatIsInForce(DiskKind kind) {
    create(kind, ROOMY);
    log.append(write(term(1), 0, configuration(1, 2, Fixtures.SECOND), command(1, 3, "a")));
    log.append(write(term(1), 0, configuration(1, 4, Fixtures.FIRST)));
    log.append(write(term(2), 0, command(2, 4, "b")));
    log.force();
    reopen(ROOMY);
    assertThat(log.restored(0).configurations())
        .containsExactly(
            new ConfigurationAt(1, Fixtures.FIRST), new ConfigurationAt(2, Fixtures.SECOND));
  }

  @ParameterizedTest
  @EnumSource
  void goesOnInTheNextSegmentWhenOneIsFull(DiskKind kind) throws IOException {
    create(kind, SMALL);
    LogModel expected = LogModel.created();
    for (int i = 2; i < 60; i++) {
      Persist write = commands(i, i, "entry " + i);
      log.append(write);
      expected = expected.with(write);
      if (i % 5 == 0) {
        log.force();
      }
      if (i % 20 == 0) {
        log.prepareSpare();
      }
    }
    log.force();
    assertThat(Segment.ids(disk.disk().list())).hasSizeGreaterThan(3);
    assertThat(LogModel.of(log)).isEqualTo(expected);
    reopen(SMALL);
    assertThat(LogModel.of(log)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void givesABatchThatFitsNoSegmentOneOfItsOwn(DiskKind kind) {
    create(kind, SMALL);
    String huge = "x".repeat(10_000);
    log.append(commands(1, 2, "a", huge, "b"));
    log.append(commands(1, 5, "c"));
    log.force();
    for (int i = 0; i < 2; i++) {
      assertThat(log.entries(2, 5, Long.MAX_VALUE))
          .isEqualTo(commands(1, 2, "a", huge, "b", "c").entries());
      reopen(SMALL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void preparesTheNextSegmentPieceByPiece(DiskKind kind) throws IOException {
    var config = new LogConfig(5L * SpareSegment.PIECE_BYTES / 2, 1 << 20);
    create(kind, config);
    assertThat(log.spareIsDue()).isTrue();
    assertThat(log.prepareSpare()).isTrue();
    assertThat(log.spareIsDue()).isFalse();
    assertThat(log.prepareSpare()).isTrue();
    assertThat(log.prepareSpare()).isTrue();
    assertThat(log.prepareSpare()).isFalse();
    try (Disk.DiskFile spare = disk.disk().open("fresh.spare")) {
      assertThat(spare.sizeBytes()).isEqualTo(config.segmentBytes());
    }
    reopen(config);
    assertThat(disk.disk().list()).containsExactly(Segment.name(1));
  }

  @ParameterizedTest
  @EnumSource
  void readsUpToALimitOfBytesButAlwaysOneEntry(DiskKind kind) {
    create(kind, ROOMY);
    log.append(commands(1, 2, "a", "b", "c"));
    log.force();
    int each = command(1, 2, "a").sizeBytes();
    assertThat(log.entries(2, 4, 0)).hasSize(1);
    assertThat(log.entries(2, 4, 2L * each - 1)).hasSize(1);
    assertThat(log.entries(2, 4, 2L * each)).hasSize(2);
    assertThat(log.entries(3, 4, Long.MAX_VALUE)).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void recordsACommitIndexThatTheLogReaches(DiskKind kind) {
    create(kind, ROOMY);
    log.append(write(term(1), 100, command(1, 2, "a")));
    log.force();
    reopen(ROOMY);
    assertThat(log.restored(0).commitIndex()).isEqualTo(2);
    assertThat(log.restored(1).lastApplied()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void doesNotStartBehindTheStateMachine(DiskKind kind) {
    create(kind, ROOMY);
    assertThatExceptionOfType(CorruptLog.class)
        .isThrownBy(() -> log.restored(2))
        .withMessageContaining("entries 1 to 1, but the state machine has applied up to 2");
  }

  private void create(DiskKind kind, LogConfig config) {
    disk = kind.open(directory);
    log = SegmentedLog.create(disk.disk(), IDENTITY, config, Fixtures.FIRST);
  }

  private void reopen(LogConfig config) {
    log.close();
    log = SegmentedLog.open(disk.disk(), IDENTITY, config);
  }

  private static Entry configuration(long term, long index, Configuration configuration) {
    return Fixtures.entry(term, index, EntryKind.CONFIGURATION, configuration.encode().bytes());
  }
}
