package dev.rollcall.store.instance;

import dev.rollcall.store.Invariant;
import dev.rollcall.store.ServiceSummary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All services and their instances, on the heap. The apply thread changes it and reads its own
 * changes at once; everybody else sees whole snapshots, as of the last {@link #publish}.
 */
public final class InstanceTable {
  private final ConcurrentHashMap<ServiceKey, ServiceEntry> services = new ConcurrentHashMap<>();

  /** Services that have instances or a spec, by folded namespace, NUL and folded name. */
  private final ConcurrentSkipListMap<String, ServiceEntry> listed = new ConcurrentSkipListMap<>();

  private final List<ServiceEntry> touched = new ArrayList<>();
  private int instances;

  /** The service as last published; an empty snapshot of revision 0 when unknown. Any thread. */
  public ServiceSnapshot service(ServiceKey key) {
    var entry = services.get(key);
    return entry == null ? ServiceSnapshot.empty(key) : entry.published;
  }

  /**
   * Services with instances or a spec, in order of folded name. Any thread.
   *
   * @param prefix of the name, without regard to case
   * @param after only names after this folded one
   */
  public List<ServiceSummary> services(
      String foldedNamespace, String prefix, Optional<String> after, int limit) {
    String space = foldedNamespace + '\0';
    String wanted = space + prefix.toLowerCase(Locale.ROOT);
    String from = after.map(name -> space + name).filter(a -> a.compareTo(wanted) >= 0).orElse("");
    var tail = from.isEmpty() ? listed.tailMap(wanted, true) : listed.tailMap(from, false);
    var page = new ArrayList<ServiceSummary>();
    for (var each : tail.entrySet()) {
      if (page.size() == limit || !each.getKey().startsWith(wanted)) {
        break;
      }
      var snapshot = each.getValue().published;
      // It may have lost its last instance since we found it here.
      if (snapshot.isListed()) {
        page.add(
            new ServiceSummary(
                snapshot.key(),
                snapshot.size(),
                snapshot.revision(),
                snapshot
                    .spec()
                    .map(registered -> registered.spec().labels())
                    .orElse(Collections.emptySortedMap())));
      }
    }
    return page;
  }

  /** The live instance, with every change so far. Apply thread. */
  public @Nullable RegisteredInstance live(InstanceKey key) {
    var entry = services.get(key.service());
    return entry == null ? null : entry.find(key.instanceId());
  }

  /** The spec of a service, with every change so far. Apply thread. */
  public @Nullable RegisteredSpec spec(ServiceKey key) {
    var entry = services.get(key);
    return entry == null ? null : entry.spec;
  }

  /** How many instances a service has, with every change so far. Apply thread. */
  public int size(ServiceKey key) {
    var entry = services.get(key);
    return entry == null ? 0 : entry.size;
  }

  /** What is remembered of a removed instance that has not come back. Any thread. */
  public @Nullable Tombstone tombstone(InstanceKey key) {
    var entry = services.get(key.service());
    return entry == null ? null : entry.tombstones.get(key.instanceId());
  }

  /** What the live instance was registered as, before any update of it. Apply thread. */
  public Instance contentRegistered(RegisteredInstance live) {
    return entry(live.instance().key().service()).contentRegistered(live);
  }

  /**
   * The last change in the service, with every change so far; 0 when there was none. Apply thread.
   */
  public long revision(ServiceKey key) {
    var entry = services.get(key);
    return entry == null ? 0 : entry.revision;
  }

  /** Instances of all services, with every change so far. Apply thread. */
  public int instances() {
    return instances;
  }

  /**
   * The key as the table spells it when it spells it just so, to keep one copy only. Apply thread.
   */
  public ServiceKey canonical(ServiceKey key) {
    var entry = services.get(key);
    return entry != null
            && entry.key.name().equals(key.name())
            && entry.key.namespace().equals(key.namespace())
        ? entry.key
        : key;
  }

  /** A new life of an instance, at its create revision. Apply thread. */
  public void register(RegisteredInstance instance) {
    var entry = edit(instance.instance().key().service(), instance.modRevision());
    entry.tombstones.remove(instance.id());
    entry.forgetRegistered(instance.id());
    if (editor(entry).put(instance) == null) {
      instances++;
      entry.size++;
    }
  }

  /** Another content of a live instance, at its mod revision. Apply thread. */
  public void update(RegisteredInstance instance) {
    var entry = edit(instance.instance().key().service(), instance.modRevision());
    var before = editor(entry).put(instance);
    Invariant.check(before != null, "update of %s, which is not live", instance);
    if (before != null && before.modRevision() == before.createRevision()) {
      entry.rememberRegistered(before.instance());
    }
  }

  /** The end of a live instance. Apply thread. */
  public void remove(RegisteredInstance instance, long revision) {
    var entry = edit(instance.instance().key().service(), revision);
    var removed = editor(entry).remove(instance.id());
    Invariant.check(instance.equals(removed), "removal of %s, but live is %s", instance, removed);
    entry.tombstones.put(instance.id(), new Tombstone(instance.instance().incarnation(), revision));
    entry.forgetRegistered(instance.id());
    instances--;
    entry.size--;
  }

  /** A service's spec is new or changed, at its mod revision. Apply thread. */
  public void putSpec(RegisteredSpec spec) {
    setSpec(spec.spec().service(), spec.modRevision(), spec);
  }

  /** A service has no spec any more. Apply thread. */
  public void removeSpec(ServiceKey key, long revision) {
    setSpec(key, revision, null);
  }

  /** Shows everybody all changes since the last call. Apply thread, after the rows are written. */
  public void publish() {
    for (var entry : touched) {
      boolean wasListed = entry.published.isListed();
      entry.publish();
      boolean isListed = entry.published.isListed();
      if (isListed && !wasListed) {
        listed.put(listedName(entry.key), entry);
      } else if (wasListed && !isListed) {
        listed.remove(listedName(entry.key));
      }
    }
    touched.clear();
  }

  /**
   * A row of a live instance, in order of key, before any change of the log is recalled. Opening
   * only.
   */
  public void restore(RegisteredInstance instance) {
    register(instance);
  }

  /**
   * A change in the log that registered or updated an instance, in order of revision. Opening only.
   *
   * @param registration the content, when it was a registration; asked for only when it is needed
   */
  public void recall(
      InstanceKey upserted, long revision, Optional<Supplier<Instance>> registration) {
    var entry = recallEntry(upserted.service(), revision);
    entry.tombstones.remove(upserted.instanceId());
    var live = entry.find(upserted.instanceId());
    if (registration.isPresent()
        && live != null
        && live.createRevision() == revision
        && live.modRevision() != revision) {
      entry.rememberRegistered(registration.get().get());
    }
  }

  /** A change in the log of a service's spec, in order of revision. Opening only. */
  public void recallSpec(ServiceKey key, long revision) {
    recallEntry(key, revision);
  }

  /** A change in the log that removed an instance, in order of revision. Opening only. */
  public void recall(InstanceKey removed, Tombstone tombstone) {
    var entry = recallEntry(removed.service(), tombstone.revision());
    if (entry.find(removed.instanceId()) == null) {
      entry.tombstones.put(removed.instanceId(), tombstone);
    }
  }

  private void setSpec(ServiceKey key, long revision, @Nullable RegisteredSpec spec) {
    var entry = edit(key, revision);
    entry.spec = spec;
    var unused = editor(entry);
  }

  private static String listedName(ServiceKey key) {
    return key.foldedNamespace() + '\0' + key.foldedName();
  }

  private ServiceEntry recallEntry(ServiceKey key, long revision) {
    var entry = edit(key, revision);
    var unused = editor(entry);
    if (!entry.recalled) {
      entry.recalled = true;
      entry.key = key;
    }
    return entry;
  }

  private ServiceEntry entry(ServiceKey key) {
    return services.computeIfAbsent(key, ServiceEntry::new);
  }

  private ServiceEntry edit(ServiceKey key, long revision) {
    var entry = entry(key);
    entry.revision = Math.max(entry.revision, revision);
    return entry;
  }

  private ServiceEditor editor(ServiceEntry entry) {
    var editor = entry.editor;
    if (editor == null) {
      editor = new ServiceEditor(entry.published);
      entry.editor = editor;
      touched.add(entry);
    }
    return editor;
  }
}
