package dev.rollcall.store.kv;

import java.util.List;

/**
 * Keys as they were at one revision.
 *
 * @param revision of the registry; what came later is not in it
 * @param entries in order of key
 * @param hasMore whether more were wanted than the limit
 */
public record KeyPage(long revision, List<KeyEntry> entries, boolean hasMore) {
  public KeyPage {
    entries = List.copyOf(entries);
  }
}
