package dev.rollcall.store.kv;

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
    return KeyTable.page(tree, revision, foldedNamespace, prefix, after, limit);
  }
}
