package dev.rollcall.client.watch;

import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.keys.KeysCodec;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DeletedKey;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchSnapshot;
import java.util.ArrayList;
import java.util.List;

/** One key, or all that begin so. */
final class KeyParts implements StateParts {
  private final String namespace;
  private final String key;
  private final boolean isPrefix;
  private final KeyListener listener;
  private final List<KeyEntry> puts = new ArrayList<>();
  private final List<String> deleted = new ArrayList<>();

  KeyParts(String namespace, String key, boolean isPrefix, KeyListener listener) {
    this.namespace = namespace;
    this.key = key;
    this.isPrefix = isPrefix;
    this.listener = listener;
  }

  @Override
  public void describe(CreateWatch.Builder request) {
    request
        .setScope(isPrefix ? WatchScope.WATCH_SCOPE_KEYS : WatchScope.WATCH_SCOPE_KEY)
        .setNamespace(namespace)
        .setKey(key);
  }

  @Override
  public void add(WatchSnapshot part) {
    addPuts(part.getKeysList());
  }

  @Override
  public void add(WatchDelta part) {
    addPuts(part.getKeysPutList());
    for (DeletedKey gone : part.getKeysDeletedList()) {
      deleted.add(gone.getKey());
    }
  }

  private void addPuts(List<KeyValue> entries) {
    for (KeyValue entry : entries) {
      puts.add(KeysCodec.decode(entry));
    }
  }

  @Override
  public boolean isNothing() {
    return puts.isEmpty();
  }

  @Override
  public void tellReplaced(long revision) {
    List<KeyEntry> whole = List.copyOf(puts);
    drop();
    listener.replaced(revision, whole);
  }

  @Override
  public void tellChanged(long revision) {
    List<KeyEntry> changed = List.copyOf(puts);
    List<String> gone = List.copyOf(deleted);
    drop();
    listener.changed(revision, changed, gone);
  }

  @Override
  public void drop() {
    puts.clear();
    deleted.clear();
  }
}
