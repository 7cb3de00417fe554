package dev.rollcall.store.kv;

import java.util.ArrayList;
import java.util.Optional;

/**
 * All keys as they were at one revision, whatever happens meanwhile. Immutable; any thread. Holding
 * one costs what has changed since.
 */
public final class KeyView {
  private final KeyTree tree;
  private final long revision;

  KeyView(KeyTree tree, long revision) {
    this.tree = tree;
    this.revision = revision;
  }

  /** Of the registry; what came later is not in it. */
  public long revision() {
    return revision;
  }

  /** A key. */
  public Optional<KeyEntry> key(String foldedNamespace, String key) {
    return Optional.ofNullable(tree.find(foldedNamespace, key));
  }

  /**
   * Keys that begin with a prefix, in order.
   *
   * @param after only keys after this one
   * @param limit of keys
   */
  public KeyPage keys(String foldedNamespace, String prefix, Optional<String> after, int limit) {
    var entries = new ArrayList<KeyEntry>();
    var hasMore = new boolean[1];
    String from = after.filter(key -> KeyOrder.INSTANCE.compare(key, prefix) > 0).orElse(prefix);
    tree.forEachFrom(
        foldedNamespace,
        from,
        entry -> {
          if (!entry.foldedNamespace().equals(foldedNamespace) || !entry.key().startsWith(prefix)) {
            return false;
          }
          if (after.isPresent() && entry.key().equals(after.get())) {
            return true;
          }
          hasMore[0] = entries.size() == limit;
          return !hasMore[0] && entries.add(entry);
        });
    return new KeyPage(revision, entries, hasMore[0]);
  }
}
