package dev.rollcall.store.lease;

import dev.rollcall.store.Invariant;
import java.util.Arrays;

/**
 * Positive ids, each with a slot: a small number under which others keep columns of arrays about
 * it. A slot that is free again is given to the next id. One thread at a time.
 *
 * <p>Takes 8 bytes a slot and 5 to 11 bytes an id; no object per id. An open-addressed table finds
 * the slot; linear probing, and removal shifts back, so nothing is left behind by ids that come and
 * go.
 */
public final class SlotIndex {
  /** What is found of an id that is not there. */
  public static final int NONE = -1;

  private static final int SLOTS_MIN = 16;

  // By slot: its id, or the free slot after it in the chain, as -2 - slot; -1 ends the chain.
  private long[] ids = new long[SLOTS_MIN];
  // Slot + 1, where its id hashes to or behind that; 0 is empty. A power of two.
  private int[] cells = new int[2 * SLOTS_MIN];
  private int firstFree = NONE;
  // From here on no slot was ever used.
  private int slotsUsed;
  private int size;

  /** The id's slot, or {@link #NONE}. */
  public int find(long id) {
    int mask = cells.length - 1;
    for (int cell = hash(id) & mask; cells[cell] != 0; cell = cell + 1 & mask) {
      int slot = cells[cell] - 1;
      if (ids[slot] == id) {
        return slot;
      }
    }
    return NONE;
  }

  /** Gives a slot below {@link #capacity} to an id that has none. */
  public int add(long id) {
    Invariant.check(id > 0, "id %d is not positive", id);
    if (4 * (size + 1L) > 3L * cells.length) {
      rehash(2 * cells.length);
    }
    int slot = firstFree;
    if (slot != NONE) {
      firstFree = (int) (-2 - ids[slot]);
    } else {
      if (slotsUsed == ids.length) {
        ids = Arrays.copyOf(ids, ids.length + (ids.length >> 2));
      }
      slot = slotsUsed++;
    }
    ids[slot] = id;
    insert(slot);
    size++;
    return slot;
  }

  /** Frees the slot. */
  public void remove(int slot) {
    int mask = cells.length - 1;
    int hole = hash(ids[slot]) & mask;
    while (cells[hole] != slot + 1) {
      Invariant.check(cells[hole] != 0, "slot %d is not in use", slot);
      hole = hole + 1 & mask;
    }
    // What was pushed over the hole by it comes back, or it would not be found any more.
    for (int cell = hole + 1 & mask; cells[cell] != 0; cell = cell + 1 & mask) {
      int home = hash(ids[cells[cell] - 1]) & mask;
      if ((cell - home & mask) >= (cell - hole & mask)) {
        cells[hole] = cells[cell];
        hole = cell;
      }
    }
    cells[hole] = 0;
    ids[slot] = -2L - firstFree;
    firstFree = slot;
    size--;
  }

  /** The id that has the slot. */
  public long id(int slot) {
    return ids[slot];
  }

  /** How many ids there are. */
  public int size() {
    return size;
  }

  /** All slots are below it; it rises by a quarter at a time. */
  public int capacity() {
    return ids.length;
  }

  /** All ids, lowest first. */
  public long[] sortedIds() {
    var sorted = new long[size];
    int count = 0;
    for (int slot = 0; slot < slotsUsed; slot++) {
      if (ids[slot] > 0) {
        sorted[count++] = ids[slot];
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  private void rehash(int length) {
    cells = new int[length];
    for (int slot = 0; slot < slotsUsed; slot++) {
      if (ids[slot] > 0) {
        insert(slot);
      }
    }
  }

  private void insert(int slot) {
    int mask = cells.length - 1;
    int cell = hash(ids[slot]) & mask;
    while (cells[cell] != 0) {
      cell = cell + 1 & mask;
    }
    cells[cell] = slot + 1;
  }

  /** Ids follow on each other; neighbours must not fill runs of cells. */
  private static int hash(long id) {
    long mixed = id * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }
}
