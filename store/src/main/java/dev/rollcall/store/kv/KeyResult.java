package dev.rollcall.store.kv;

import java.util.List;

/** What became of one step of a transaction. */
public sealed interface KeyResult {
  /**
   * Keys were read.
   *
   * @param hasMore whether there were more than the limit
   */
  record Found(List<KeyEntry> entries, boolean hasMore) implements KeyResult {
    public Found {
      entries = List.copyOf(entries);
    }
  }

  /**
   * A key is set.
   *
   * @param entry without its value
   */
  record Put(KeyEntry entry) implements KeyResult {}

  /** So many keys went. */
  record Deleted(int keys) implements KeyResult {}
}
