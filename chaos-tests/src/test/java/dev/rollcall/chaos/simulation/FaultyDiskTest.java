package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.CorruptLog;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Damage that the world does is always such that the shipped log must refuse to open. */
class FaultyDiskTest {
  private static final int SEEDS = 60;
  private static final NodeId NODE = new NodeId(1, 1);
  private static final LogIdentity IDENTITY =
      new LogIdentity(new ClusterId(1, 1), new HistoryId(2, 2), NODE, 0);
  private static final LogConfig CONFIG = new LogConfig(4 << 10, 1 << 10);

  @Test
  void rotIsRefused() {
    isRefused(FaultyDisk::rot);
  }

  @Test
  void lostWritesAreRefused() {
    isRefused(FaultyDisk::loseWrite);
  }

  @Test
  void misdirectedWritesAreRefused() {
    isRefused(FaultyDisk::misdirectWrite);
  }

  @Test
  void readsWhatTheLogHasForced() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new SplittableRandom(seed);
      var disk = new MemoryDisk(random);
      SegmentedLog log = written(disk, random);
      log.append(entry(3, log.lastIndex() + 1, random)); // not forced
      var there = LogOnDisk.of(disk);
      assertThat(there.lastIndex()).describedAs("seed %d", seed).isEqualTo(log.lastIndex());
      for (long index = log.firstIndex(); index <= log.lastIndex(); index++) {
        assertThat(there.term(index)).describedAs("seed %d", seed).isEqualTo(log.term(index));
      }
    }
  }

  private static void isRefused(BiFunction<FaultyDisk, RandomGenerator, Optional<String>> damage) {
    int struck = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new SplittableRandom(seed);
      var disk = new MemoryDisk(random);
      written(disk, random);
      var faulty = new FaultyDisk(disk);
      Optional<String> what = damage.apply(faulty, random);
      disk.crash(MemoryDisk.Loss.SOME);
      if (what.isPresent()) {
        struck++;
        assertThat(faulty.isDamaged()).isTrue();
        assertThatExceptionOfType(CorruptLog.class)
            .describedAs("seed %d%s", seed, what.get())
            .isThrownBy(() -> SegmentedLog.open(disk, IDENTITY, CONFIG).close());
      }
    }
    assertThat(struck).isGreaterThan(SEEDS / 2);
  }

  /** Some segments, entries that supersede others, and sometimes a beginning that was dropped. */
  private static SegmentedLog written(MemoryDisk disk, RandomGenerator random) {
    var members = Configuration.ofVoters(List.of(new Member(NODE, "peer", "client")));
    SegmentedLog log = SegmentedLog.create(disk, IDENTITY, CONFIG, members);
    for (int i = 0; i < 40; i++) {
      boolean supersedes = random.nextInt(8) == 0 && log.lastIndex() > log.firstIndex() + 2;
      long index = supersedes ? log.lastIndex() - 1 : log.lastIndex() + 1;
      log.append(entry(2, index, random));
      log.force();
      if (random.nextInt(12) == 0) {
        log.dropPrefix(log.lastIndex() - 1);
      }
    }
    return log;
  }

  private static Persist entry(long term, long index, RandomGenerator random) {
    var payload = Payload.wrap(new byte[random.nextInt(400)]);
    var entry = new Entry(new EntryId(term, index), EntryKind.COMMAND, 0, payload);
    return new Persist(index, new HardState(term, Optional.empty()), 0, List.of(entry));
  }
}
