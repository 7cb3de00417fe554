package dev.rollcall.store.instance;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A service in the table: what everybody reads, and what the apply thread knows besides. All but
 * {@link #published} and {@link #tombstones} belongs to the apply thread.
 */
final class ServiceEntry {
  /** As last published; any thread. */
  volatile ServiceSnapshot published;

  /** Present while a range is applied that has touched the service. */
  @Nullable ServiceEditor editor;

  /** Spelled as first registered. */
  ServiceKey key;

  /** With every change so far. */
  @Nullable RegisteredSpec spec;

  /** Live instances, with every change so far. */
  int size;

  /** Of the last change, applied but perhaps not yet published. */
  long revision;

  /** Whether the change log was found to have a change of this service; while opening only. */
  boolean recalled;

  /** Removed instances by id. Written by the apply thread, read by any. */
  final Map<String, Tombstone> tombstones = new ConcurrentHashMap<>(2);

  /** What live instances that were updated since had been registered as, by id. */
  private final Map<String, Instance> contentsRegistered = new HashMap<>(2);

  ServiceEntry(ServiceKey key) {
    this.key = key;
    published = ServiceSnapshot.empty(key);
  }

  @Nullable RegisteredInstance find(String id) {
    var edited = editor;
    return edited == null
        ? ServiceSnapshot.find(published.chunks(), published.chunks().length, id)
        : edited.find(id);
  }

  /** What the live instance was registered as. */
  Instance contentRegistered(RegisteredInstance live) {
    return contentsRegistered.getOrDefault(live.id(), live.instance());
  }

  void rememberRegistered(Instance content) {
    contentsRegistered.put(content.key().instanceId(), content);
  }

  void forgetRegistered(String id) {
    contentsRegistered.remove(id);
  }

  void publish() {
    var edited = editor;
    if (edited != null) {
      published = edited.snapshot(key, revision, Optional.ofNullable(spec));
      editor = null;
    }
  }
}
