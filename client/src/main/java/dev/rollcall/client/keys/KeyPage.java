package dev.rollcall.client.keys;

import java.util.List;

/**
 * A page of keys, all of one revision.
 *
 * @param entries in order of key
 * @param revision of the node when it answered; pages may be of different ones
 * @param nextPageToken for the next page; empty on the last one
 */
public record KeyPage(List<KeyEntry> entries, long revision, String nextPageToken) {
  /** Keeps a list of its own. */
  public KeyPage {
    entries = List.copyOf(entries);
  }
}
