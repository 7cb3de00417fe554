package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A reader beside the writer sees whole entries, in order, none of them superseded. */
final class ConcurrentReadersTest {
  private static final int WRITES = 4000;
  private static final int INDEXES = 2 * WRITES;

  private final SegmentedLog log =
      SegmentedLog.create(
          new MemoryDisk(Seeds.generator(1)),
          Fixtures.IDENTITY,
          new LogConfig(1 << 14, 1 << 10),
          Fixtures.FIRST);

  // Number of the write that had forced an entry at the index when this was last set.
  private final AtomicLongArray forcedBy = new AtomicLongArray(INDEXES);
  private volatile boolean writing = true;

  @Test
  void readsWhatIsForcedWhileTheWriterGoesOn() throws Exception {
    try (var threads = Executors.newFixedThreadPool(2)) {
      var writer = threads.submit(writer());
      var reader = threads.submit(reader());
      writer.get();
      assertThat(reader.get()).isPositive();
    }
  }

  private Callable<Void> writer() {
    return () -> {
      try {
        RandomGenerator random = Seeds.generator(2);
        var writtenBy = new long[INDEXES];
        long last = 1;
        long lowestSince = INDEXES;
        for (long write = 1; write <= WRITES; write++) {
          boolean replaces = random.nextInt(5) == 0 && last > 20;
          long first = replaces ? last - random.nextInt(10) : last + 1;
          List<Entry> entries = entries(write, first, random.nextInt(1, 4));
          log.append(new Persist(write, Fixtures.term(1), 0, entries));
          last = entries.getLast().index();
          Arrays.fill(writtenBy, (int) first, (int) last + 1, write);
          lowestSince = Math.min(lowestSince, first);
          if (random.nextInt(3) == 0) {
            log.force();
            log.prepareSpare();
            for (long index = lowestSince; index <= last; index++) {
              forcedBy.set((int) index, writtenBy[(int) index]);
            }
            lowestSince = INDEXES;
          }
        }
      } finally {
        writing = false;
      }
      return null;
    };
  }

  private Callable<Long> reader() {
    return () -> {
      RandomGenerator random = Seeds.generator(3);
      long reads = 0;
      do {
        long from = random.nextLong(Math.max(1, log.lastIndex() - 40), log.lastIndex() + 1);
        long forced = forcedBy.get((int) from);
        reads += from > 1 && readAt(from, forced) ? 1 : 0;
      } while (writing);
      return reads;
    };
  }

  private boolean readAt(long from, long forced) {
    long to = Math.min(from + 5, log.lastIndex());
    if (to < from) {
      return false; // cut meanwhile
    }
    List<Entry> found;
    try {
      found = log.entries(from, to, Long.MAX_VALUE);
    } catch (Invariant.Violation cut) {
      return false;
    }
    assertThat(found.getFirst().index()).isEqualTo(from);
    assertThat(writeOf(found.getFirst())).isGreaterThanOrEqualTo(forced);
    for (int i = 1; i < found.size(); i++) {
      assertThat(writeOf(found.get(i))).isGreaterThanOrEqualTo(writeOf(found.get(i - 1)));
    }
    return true;
  }

  private static List<Entry> entries(long write, long first, int count) {
    var entries = new ArrayList<Entry>();
    for (long index = first; index < first + count; index++) {
      byte[] payload = ByteBuffer.allocate(40).putLong(write).array();
      entries.add(Fixtures.entry(1, index, EntryKind.COMMAND, payload));
    }
    return entries;
  }

  private static long writeOf(Entry entry) {
    return entry.payload().buffer().getLong();
  }
}
