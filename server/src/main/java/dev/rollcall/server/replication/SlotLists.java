package dev.rollcall.server.replication;

import java.util.Arrays;

/**
 * Lists of slots, oldest first, each slot in one list at most: 8 bytes a slot, and a slot leaves
 * its list in one step, whichever that is. Circles of links; each list has a node of its own that
 * begins and ends it. Apply thread only.
 */
final class SlotLists {
  /** What is found in an empty list. */
  static final int NONE = -1;

  private final int lists;
  // By node: the lists' own first, then the slots'.
  private int[] next;
  private int[] previous;

  SlotLists(int lists) {
    this.lists = lists;
    next = new int[lists];
    previous = new int[lists];
    Arrays.setAll(next, list -> list);
    Arrays.setAll(previous, list -> list);
  }

  /** Makes room for slots below this number. */
  void grow(int slots) {
    next = Arrays.copyOf(next, lists + slots);
    previous = Arrays.copyOf(previous, lists + slots);
  }

  /** Adds a slot, which is in no list, as the youngest. */
  void add(int list, int slot) {
    int node = lists + slot;
    int last = previous[list];
    next[last] = node;
    previous[node] = last;
    next[node] = list;
    previous[list] = node;
  }

  /** Takes a slot out of the list it is in. */
  void remove(int slot) {
    int node = lists + slot;
    next[previous[node]] = next[node];
    previous[next[node]] = previous[node];
  }

  /** The oldest, or {@link #NONE}. */
  int first(int list) {
    return slot(next[list]);
  }

  /** The one after this, or {@link #NONE}. */
  int after(int slot) {
    return slot(next[lists + slot]);
  }

  /** The youngest, or {@link #NONE}. */
  int last(int list) {
    return slot(previous[list]);
  }

  private int slot(int node) {
    return node < lists ? NONE : node - lists;
  }
}
