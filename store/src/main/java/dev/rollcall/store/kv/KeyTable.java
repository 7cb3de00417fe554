package dev.rollcall.store.kv;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All keys, on the heap. The apply thread changes it and reads its own changes at once; everybody
 * else sees all keys of one revision, as of the last {@link #publish}. Which keys a lease carries
 * is known by the leases.
 */
public final class KeyTable {
  private KeyTree tree = KeyTree.EMPTY;
  private volatile KeyView published = new KeyView(KeyTree.EMPTY, 0);

  /** All keys as last published. Any thread. */
  public KeyView view() {
    return published;
  }

  /** The key as last published. Any thread. */
  public Optional<KeyEntry> key(String foldedNamespace, String key) {
    return published.key(foldedNamespace, key);
  }

  /**
   * Keys that begin with a prefix, in order, as last published. Any thread.
   *
   * @param after only keys after this one
   * @param limit of keys
   */
  public KeyPage keys(String foldedNamespace, String prefix, Optional<String> after, int limit) {
    return published.keys(foldedNamespace, prefix, after, limit);
  }

  /** The key with every change so far. Apply thread. */
  public @Nullable KeyEntry live(String foldedNamespace, String key) {
    return tree.find(foldedNamespace, key);
  }

  /** How many there are, with every change so far. Apply thread. */
  public int size() {
    return tree.size();
  }

  /** What a command would do to the keys as they are, at this revision. Apply thread. */
  public KeyDraft draft(String foldedNamespace, long revision) {
    return new KeyDraft(tree, foldedNamespace, revision);
  }

  /** A key is new or changed. Apply thread. */
  public void put(KeyEntry entry) {
    tree = tree.with(entry);
  }

  /** A key is gone. Apply thread. */
  public void remove(KeyEntry entry) {
    tree = tree.without(entry.foldedNamespace(), entry.key());
  }

  /**
   * Shows everybody all changes since the last call. Apply thread, after the rows are written.
   *
   * @param revision of the registry with them
   */
  public void publish(long revision) {
    published = new KeyView(tree, revision);
  }
}
