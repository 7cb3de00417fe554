package dev.rollcall.client.keys;

import dev.rollcall.client.Consistency;

/**
 * Which keys to read.
 *
 * @param prefix what they begin with; empty means all of the namespace
 * @param keysOnly whether to leave the values out
 * @param pageSize keys per page, 1 to 10,000; 0 means as many as an answer of 1 MiB holds
 * @param pageToken of the page before; empty for the first
 * @param consistency how fresh
 */
public record KeyQuery(
    String prefix, boolean keysOnly, int pageSize, String pageToken, Consistency consistency) {
  /** The first page of all that begin so, with their values, linearizable. */
  public static KeyQuery prefix(String prefix) {
    return new KeyQuery(prefix, false, 0, "", Consistency.linearizable());
  }

  /** The same without the values. */
  public KeyQuery withoutValues() {
    return new KeyQuery(prefix, true, pageSize, pageToken, consistency);
  }

  /** The same with another page size. */
  public KeyQuery withPageSize(int keys) {
    return new KeyQuery(prefix, keysOnly, keys, pageToken, consistency);
  }

  /** The page that follows the one with this {@link KeyPage#nextPageToken}. */
  public KeyQuery after(String nextPageToken) {
    return new KeyQuery(prefix, keysOnly, pageSize, nextPageToken, consistency);
  }

  /** The same, as fresh as said. */
  public KeyQuery withConsistency(Consistency level) {
    return new KeyQuery(prefix, keysOnly, pageSize, pageToken, level);
  }
}
