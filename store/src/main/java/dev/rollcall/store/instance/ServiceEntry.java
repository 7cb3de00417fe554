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

  /** Spelled as {@link ServiceSnapshot#key}. */
  ServiceKey key;

  /** With every change so far. */
  @Nullable RegisteredSpec spec;

  /** Live instances, with every change so far. */
  int size;

  /** Of the last change, applied but perhaps not yet published. */
  long revision;

  /** The revision that a row keeps, because the change log tells it no more; 0 without a row. */
  long keptRevision;

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

  /** Whether that was new; what was remembered first stays. */
  boolean rememberRegistered(Instance content) {
    return contentsRegistered.putIfAbsent(content.key().instanceId(), content) == null;
  }

  boolean forgetRegistered(String id) {
    return contentsRegistered.remove(id) != null;
  }

  /** As if it had never been, for whoever comes next; empty already. */
  void forget() {
    revision = 0;
    keptRevision = 0;
    tombstones.clear();
  }

  void publish() {
    var edited = editor;
    if (edited != null) {
      key = spelling(edited);
      published = edited.snapshot(key, revision, Optional.ofNullable(spec));
      editor = null;
    }
  }

  /**
   * By what is there, and not by what was: so it is the same on every node, and after a restart.
   */
  private ServiceKey spelling(ServiceEditor edited) {
    if (spec != null) {
      return spec.spec().service();
    }
    var first = edited.first();
    return first == null ? key : first.instance().key().service();
  }
}
