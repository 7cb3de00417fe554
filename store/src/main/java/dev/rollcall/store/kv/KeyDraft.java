package dev.rollcall.store.kv;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one command would do to the keys of a namespace: each step sees what those before it did,
 * and nothing has happened until the {@link #edits} are carried out. Apply thread.
 */
public final class KeyDraft {
  private final String foldedNamespace;
  private final long revision;
  private final List<KeyEdit> edits = new ArrayList<>();
  private KeyTree tree;
  private int keysDeleted;
  private long bytesDeleted;
  private long bytesRead;

  KeyDraft(KeyTree tree, String foldedNamespace, long revision) {
    this.tree = tree;
    this.foldedNamespace = foldedNamespace;
    this.revision = revision;
  }

  /** Whether all of these hold now. */
  public boolean hold(List<Compare> compares) {
    return compares.stream()
        .allMatch(compare -> compare.holds(tree.find(foldedNamespace, compare.key())));
  }

  /** Takes steps, up to the first that {@link #isTooMuch}; what became of each. */
  public List<KeyResult> run(List<KeyOperation> operations) {
    var results = new ArrayList<KeyResult>(operations.size());
    for (var operation : operations) {
      results.add(run(operation));
      if (isTooMuch()) {
        break;
      }
    }
    return results;
  }

  /** Sets a key; as it is then. What is there already just so is left as it is. */
  public KeyEntry put(String key, ByteString value, long leaseId) {
    var previous = tree.find(foldedNamespace, key);
    if (previous != null && previous.leaseId() == leaseId && previous.value().equals(value)) {
      return previous;
    }
    var entry =
        previous == null
            ? new KeyEntry(foldedNamespace, key, value, revision, revision, 1, leaseId)
            : new KeyEntry(
                foldedNamespace,
                key,
                value,
                previous.createRevision(),
                revision,
                previous.version() + 1,
                leaseId);
    tree = tree.with(entry);
    edits.add(new KeyEdit.Put(entry, Optional.ofNullable(previous)));
    return entry;
  }

  /** Deletes a key, or all that begin with it, unless that is too much; how many. */
  public int delete(String key, boolean isPrefix) {
    var found = isPrefix ? page(key, KeyRules.DELETED_KEYS_MAX + 1).entries() : find(key);
    for (var entry : found) {
      keysDeleted++;
      bytesDeleted += entry.bytes();
      if (isTooMuch()) {
        break;
      }
      tree = tree.without(foldedNamespace, entry.key());
      edits.add(new KeyEdit.Delete(entry));
    }
    return found.size();
  }

  /** Whether it is more than one command may delete or read: then none of it may happen. */
  public boolean isTooMuch() {
    return keysDeleted > KeyRules.DELETED_KEYS_MAX
        || bytesDeleted > KeyRules.DELETED_BYTES_MAX
        || bytesRead > KeyRules.READ_BYTES_MAX;
  }

  /** What is to happen, in order. */
  public List<KeyEdit> edits() {
    return edits;
  }

  private KeyResult run(KeyOperation operation) {
    return switch (operation) {
      case KeyOperation.Get(var key) -> read(find(key), false);
      case KeyOperation.Range(var prefix, int limit) -> {
        var page = page(prefix, limit);
        yield read(page.entries(), page.hasMore());
      }
      case KeyOperation.Put(var key, var value, long leaseId) ->
          new KeyResult.Put(put(key, value, leaseId).withoutValue());
      case KeyOperation.Delete(var key, boolean isPrefix) ->
          new KeyResult.Deleted(delete(key, isPrefix));
    };
  }

  private KeyResult read(List<KeyEntry> entries, boolean hasMore) {
    for (var entry : entries) {
      bytesRead += entry.bytes() + KeyRules.READ_KEY_BYTES;
    }
    return new KeyResult.Found(entries, hasMore);
  }

  private List<KeyEntry> find(String key) {
    var entry = tree.find(foldedNamespace, key);
    return entry == null ? List.of() : List.of(entry);
  }

  private KeyPage page(String prefix, int limit) {
    return new KeyView(tree, revision).keys(foldedNamespace, prefix, Optional.empty(), limit);
  }
}
