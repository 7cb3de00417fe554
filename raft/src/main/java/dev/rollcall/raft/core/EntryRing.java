package dev.rollcall.raft.core;

import java.util.Arrays;
import java.util.List;

/**
 * Consecutive entries by index, in memory: {@code [first, end)}. Appending, reading by index,
 * dropping from either side and asking how many bytes lie between two indexes cost the same however
 * many there are. The slot of an entry is its index modulo the capacity, a power of two.
 */
final class EntryRing {
  private static final int CAPACITY_MIN = 64;

  private Entry[] slots = new Entry[CAPACITY_MIN];

  /** Per slot: bytes of all entries ever appended up to this one, less those taken back. */
  private long[] bytesThrough = new long[CAPACITY_MIN];

  private long first;
  private long end;
  private long bytesBeforeFirst;

  /** Empty; the next entry will be {@code first}. */
  EntryRing(long first) {
    clear(first);
  }

  long first() {
    return first;
  }

  long end() {
    return end;
  }

  Entry at(long index) {
    return slots[slot(index)];
  }

  void append(Entry entry) {
    if (end - first == slots.length) {
      grow();
    }
    long before = bytesThrough(end - 1);
    int slot = slot(end);
    slots[slot] = entry;
    bytesThrough[slot] = before + entry.sizeBytes();
    end++;
  }

  /** Takes back {@code index} and all after it; at or below {@link #first} nothing remains. */
  void truncateFrom(long index) {
    if (index <= first) {
      clear(index);
      return;
    }
    while (end > index) {
      end--;
      Arrays.fill(slots, slot(end), slot(end) + 1, null);
    }
  }

  /** Lets the first entry go. */
  void dropFirst() {
    bytesBeforeFirst = bytesThrough(first);
    Arrays.fill(slots, slot(first), slot(first) + 1, null);
    first++;
  }

  /** Bytes of the entries above {@code index} that are here. */
  long bytesAfter(long index) {
    return bytesThrough(end - 1) - bytesThrough(Math.clamp(index, first - 1, end - 1));
  }

  /** Bytes of the entries {@code [from, to]}. */
  long bytes(long from, long to) {
    return bytesThrough(to) - bytesThrough(from - 1);
  }

  /**
   * The last index up to {@code to} that fits when starting at {@code from}; at least {@code from}.
   */
  long lastThatFits(long from, long to, long bytesMax) {
    long low = from;
    long high = to;
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (bytes(from, middle) <= bytesMax) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The entries {@code [from, to]}, as a list that never changes. */
  List<Entry> copy(long from, long to) {
    var copy = new Entry[(int) (to - from + 1)];
    int start = slot(from);
    int untilWrap = Math.min(copy.length, slots.length - start);
    System.arraycopy(slots, start, copy, 0, untilWrap);
    System.arraycopy(slots, 0, copy, untilWrap, copy.length - untilWrap);
    return List.of(copy);
  }

  /** Empties itself; the next entry will be {@code first}. */
  void clear(long first) {
    Arrays.fill(slots, null);
    this.first = first;
    this.end = first;
    this.bytesBeforeFirst = 0;
  }

  private void grow() {
    var old = slots;
    var oldBytes = bytesThrough;
    slots = new Entry[old.length * 2];
    bytesThrough = new long[old.length * 2];
    for (long index = first; index < end; index++) {
      int from = (int) (index & (old.length - 1));
      slots[slot(index)] = old[from];
      bytesThrough[slot(index)] = oldBytes[from];
    }
  }

  private long bytesThrough(long index) {
    return index < first ? bytesBeforeFirst : bytesThrough[slot(index)];
  }

  private int slot(long index) {
    return (int) (index & (slots.length - 1));
  }
}
