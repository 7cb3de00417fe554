package dev.rollcall.store;

import com.google.protobuf.ByteString;
import dev.rollcall.store.kv.Compare;
import dev.rollcall.store.kv.Compare.Target;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.kv.KeyResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is to become of keys, said as plainly as can be: one list, and everything searched for. */
final class NaiveKeys {
  List<KeyEntry> entries = new ArrayList<>();

  /** Whether anything was done since the last {@link #begin}. */
  boolean isChanged;

  void begin() {
    isChanged = false;
  }

  @Nullable KeyEntry find(String namespace, String key) {
    return entries.stream()
        .filter(e -> e.foldedNamespace().equals(namespace) && e.key().equals(key))
        .findFirst()
        .orElse(null);
  }

  /** In order of key. */
  List<KeyEntry> of(String namespace, String prefix) {
    return entries.stream()
        .filter(e -> e.foldedNamespace().equals(namespace) && e.key().startsWith(prefix))
        .sorted(
            Comparator.comparing(
                e -> ByteString.copyFromUtf8(e.key()),
                ByteString.unsignedLexicographicalComparator()))
        .toList();
  }

  boolean carries(long leaseId) {
    return entries.stream().anyMatch(e -> e.leaseId() == leaseId);
  }

  boolean holds(String namespace, Compare compare) {
    var entry = find(namespace, compare.key());
    if (compare.target() instanceof Target.Value(var value)) {
      if (entry == null) {
        return compare.result() == Compare.Result.NOT_EQUAL;
      }
      return holds(
          compare.result(),
          ByteString.unsignedLexicographicalComparator().compare(entry.value(), value));
    }
    if (compare.target() instanceof Target.Figure(var of, long value)) {
      long number =
          entry == null
              ? 0
              : switch (of) {
                case MOD_REVISION -> entry.modRevision();
                case CREATE_REVISION -> entry.createRevision();
                case VERSION -> entry.version();
                case LEASE_ID -> entry.leaseId();
              };
      return holds(compare.result(), Long.compare(number, value));
    }
    return false;
  }

  private static boolean holds(Compare.Result result, int order) {
    return switch (result) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case GREATER -> order > 0;
    };
  }

  KeyEntry put(String namespace, String key, ByteString value, long leaseId, long revision) {
    var there = find(namespace, key);
    if (there != null && there.value().equals(value) && there.leaseId() == leaseId) {
      return there;
    }
    isChanged = true;
    entries.remove(there);
    long created = there == null ? revision : there.createRevision();
    long version = there == null ? 1 : there.version() + 1;
    var now = new KeyEntry(namespace, key, value, created, revision, version, leaseId);
    entries.add(now);
    return now;
  }

  int delete(String namespace, String key, boolean isPrefix) {
    var going =
        isPrefix ? of(namespace, key) : Optional.ofNullable(find(namespace, key)).stream().toList();
    isChanged |= !going.isEmpty();
    entries.removeAll(going);
    return going.size();
  }

  KeyResult run(String namespace, KeyOperation operation, long revision) {
    return switch (operation) {
      case KeyOperation.Get(var key) ->
          new KeyResult.Found(Optional.ofNullable(find(namespace, key)).stream().toList(), false);
      case KeyOperation.Range(var prefix, int limit) -> {
        var all = of(namespace, prefix);
        yield new KeyResult.Found(all.subList(0, Math.min(limit, all.size())), all.size() > limit);
      }
      case KeyOperation.Put(var key, var value, long leaseId) ->
          new KeyResult.Put(put(namespace, key, value, leaseId, revision).withoutValue());
      case KeyOperation.Delete(var key, boolean isPrefix) ->
          new KeyResult.Deleted(delete(namespace, key, isPrefix));
    };
  }
}
