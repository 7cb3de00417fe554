package dev.rollcall.client.keys;

import java.util.List;
import java.util.Optional;

/**
 * What a transaction did.
 *
 * @param succeeded whether all compares held
 * @param revision of the change; of the last change when it changed nothing
 * @param results one for each operation done, in order
 */
public record TransactionResult(boolean succeeded, long revision, List<Result> results) {
  /** Keeps a list of its own. */
  public TransactionResult {
    results = List.copyOf(results);
  }

  /**
   * What one operation did.
   *
   * @param entries get and range: what was found, in order of key
   * @param hasMore range: whether there are more than its limit
   * @param deleted delete: how many went
   * @param put put: the key as it is now, with an empty value
   */
  public record Result(
      List<KeyEntry> entries, boolean hasMore, int deleted, Optional<KeyEntry> put) {
    /** Keeps a list of its own. */
    public Result {
      entries = List.copyOf(entries);
    }
  }
}
