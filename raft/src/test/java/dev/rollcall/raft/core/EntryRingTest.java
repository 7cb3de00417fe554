package dev.rollcall.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EntryRingTest {
  /** Against a plain list, over many ways to grow, wrap around, shrink and empty. */
  @Test
  void isAListThatForgetsItsBeginning() {
    for (long seed = 1; seed <= 50; seed++) {
      var random = new SplittableRandom(seed);
      long first = 1L + random.nextInt(300);
      var ring = new EntryRing(first);
      List<Entry> list = new ArrayList<>();
      for (int step = 0; step < 600; step++) {
        int dice = random.nextInt(100);
        if (dice < 70) {
          Entry entry = randomEntry(random, first + list.size());
          ring.append(entry);
          list.add(entry);
        } else if (dice < 95 && !list.isEmpty()) {
          ring.dropFirst();
          list.removeFirst();
          first++;
        } else {
          long from = Math.max(1, first + random.nextInt(list.size() + 3) - 2);
          if (from <= first) {
            list.clear();
            first = from;
          } else if (from < first + list.size()) {
            list.subList((int) (from - first), list.size()).clear();
          }
          ring.truncateFrom(from);
        }
        assertSame(ring, list, first, random, seed);
      }
    }
  }

  private static void assertSame(
      EntryRing ring, List<Entry> list, long first, SplittableRandom random, long seed) {
    assertThat(ring.first()).as("seed %d", seed).isEqualTo(first);
    assertThat(ring.end()).as("seed %d", seed).isEqualTo(first + list.size());
    assertThat(ring.bytesAfter(first - 1)).as("seed %d", seed).isEqualTo(bytes(list));
    if (list.isEmpty()) {
      return;
    }
    int from = random.nextInt(list.size());
    int to = from + random.nextInt(list.size() - from);
    List<Entry> range = list.subList(from, to + 1);
    assertThat(ring.at(first + from)).isSameAs(list.get(from));
    assertThat(ring.copy(first + from, first + to)).as("seed %d", seed).isEqualTo(range);
    assertThat(ring.bytes(first + from, first + to)).isEqualTo(bytes(range));
    assertThat(ring.bytesAfter(first + from)).isEqualTo(bytes(list.subList(from + 1, list.size())));
    long bytesMax = random.nextInt(500);
    long last = ring.lastThatFits(first + from, first + to, bytesMax);
    assertThat(last).isBetween(first + from, first + to);
    List<Entry> fits = list.subList(from, (int) (last - first) + 1);
    assertThat(fits.size() == 1 || bytes(fits) <= bytesMax).isTrue();
    if (last < first + to) {
      assertThat(bytes(list.subList(from, (int) (last - first) + 2))).isGreaterThan(bytesMax);
    }
  }

  private static Entry randomEntry(SplittableRandom random, long index) {
    var payload = Payload.wrap(new byte[random.nextInt(50)]);
    return new Entry(new EntryId(1, index), EntryKind.COMMAND, 0, payload);
  }

  private static long bytes(List<Entry> entries) {
    return entries.stream().mapToLong(Entry::sizeBytes).sum();
  }
}
