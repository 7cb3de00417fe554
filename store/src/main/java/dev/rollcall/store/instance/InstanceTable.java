package dev.rollcall.store.instance;

import dev.rollcall.store.Invariant;
import dev.rollcall.store.Listings;
import dev.rollcall.store.ServiceSummary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
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

  /** What ended, in order of revision, as long as the change log has it. */
  private final ArrayDeque<End> ends = new ArrayDeque<>();

  private int instances;

  /**
   * The end of an instance, or of a service's spec.
   *
   * @param instanceId null for a spec
   */
  private record End(long revision, ServiceKey service, @Nullable String instanceId) {}

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
   * Remembers what a live instance was registered as, before an update; whether that was new. Apply
   * thread.
   */
  public boolean rememberRegistered(RegisteredInstance live) {
    return entry(live.instance().key().service()).rememberRegistered(live.instance());
  }

  /** Forgets that, when the life ends; whether there was something. Apply thread. */
  public boolean forgetRegistered(InstanceKey key) {
    return entry(key.service()).forgetRegistered(key.instanceId());
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
  }

  /** The end of a live instance. Apply thread. */
  public void remove(RegisteredInstance instance, long revision) {
    var entry = edit(instance.instance().key().service(), revision);
    var removed = editor(entry).remove(instance.id());
    Invariant.check(instance.equals(removed), "removal of %s, but live is %s", instance, removed);
    entry.tombstones.put(instance.id(), new Tombstone(instance.instance().incarnation(), revision));
    ended(entry, instance.instance().key().service(), revision, instance.id());
    instances--;
    entry.size--;
  }

  /** A service's spec is new or changed, at its mod revision. Apply thread. */
  public void putSpec(RegisteredSpec spec) {
    setSpec(spec.spec().service(), spec.modRevision(), spec);
  }

  /** A service has no spec any more. Apply thread. */
  public void removeSpec(ServiceKey key, long revision) {
    ended(setSpec(key, revision, null), key, revision, null);
  }

  /**
   * Shows everybody all changes since the last call. Apply thread, after the rows are written.
   * Returns how that changed the list of services.
   */
  public Listings publish() {
    List<ServiceKey> arrived = List.of();
    List<ServiceKey> left = List.of();
    for (var entry : touched) {
      boolean wasListed = entry.published.isListed();
      entry.publish();
      boolean isListed = entry.published.isListed();
      if (isListed && !wasListed) {
        listed.put(listedName(entry.key), entry);
        arrived = with(arrived, entry.key);
      } else if (wasListed && !isListed) {
        listed.remove(listedName(entry.key));
        left = with(left, entry.key);
      }
      if (entry.revision == 0) {
        services.remove(entry.key);
      }
    }
    touched.clear();
    return arrived.isEmpty() && left.isEmpty() ? Listings.NONE : new Listings(arrived, left);
  }

  /** A row of a live instance, in order of key, before all that is restored below. Opening only. */
  public void restore(RegisteredInstance instance) {
    register(instance);
  }

  /** What an instance was registered as that was updated since, from its row. Opening only. */
  public void restoreRegistered(Instance content) {
    entry(content.key().service()).rememberRegistered(content);
  }

  /** A service's revision, from the row that keeps it. Opening only. */
  public void restoreRevision(ServiceKey key, long revision) {
    var entry = edit(key, revision);
    entry.keptRevision = revision;
    var unused = editor(entry);
  }

  /** The end of an instance in the change log, in order of revision. Opening only. */
  public void recall(InstanceKey removed, Tombstone tombstone) {
    var entry = recallEnd(removed.service(), tombstone.revision(), removed.instanceId());
    if (entry.find(removed.instanceId()) == null) {
      entry.tombstones.put(removed.instanceId(), tombstone);
    }
  }

  /** The end of a spec in the change log, in order of revision. Opening only. */
  public void recallSpecRemoval(ServiceKey key, long revision) {
    var unused = recallEnd(key, revision, null);
  }

  /** What becomes of the revisions of services when the change log does not tell them any more. */
  public interface RevisionKeeper {
    /** The service's last change is this one: it is to be kept elsewhere. */
    void keep(ServiceKey service, long revision);

    /** The service is forgotten, and with it what was kept. */
    void drop(ServiceKey service);
  }

  /**
   * Forgets the ends below a revision: their tombstones, and the services that have nothing since.
   * Apply thread.
   */
  public void forgetBelow(long revision, RevisionKeeper keeper) {
    for (var end = ends.peek(); end != null && end.revision() < revision; end = ends.peek()) {
      ends.remove();
      var entry = services.get(end.service());
      // Else an end of the same revision took it along.
      if (entry != null && entry.revision != 0) {
        forget(end, entry, keeper);
      }
    }
  }

  private void forget(End end, ServiceEntry entry, RevisionKeeper keeper) {
    if (end.instanceId() != null) {
      var tombstone = entry.tombstones.get(end.instanceId());
      if (tombstone != null && tombstone.revision() == end.revision()) {
        entry.tombstones.remove(end.instanceId());
      }
    }
    // Else a later change tells the revision, or a row does already.
    if (entry.revision != end.revision() || entry.keptRevision == end.revision()) {
      return;
    }
    if (entry.size > 0 || entry.spec != null) {
      entry.keptRevision = end.revision();
      keeper.keep(end.service(), end.revision());
    } else {
      if (entry.keptRevision != 0) {
        keeper.drop(end.service());
      }
      var unused = editor(entry);
      entry.forget();
    }
  }

  private ServiceEntry setSpec(ServiceKey key, long revision, @Nullable RegisteredSpec spec) {
    var entry = edit(key, revision);
    entry.spec = spec;
    var unused = editor(entry);
    return entry;
  }

  /** Most ranges list nothing, and need no list for it. */
  private static List<ServiceKey> with(List<ServiceKey> keys, ServiceKey key) {
    var grown = keys.isEmpty() ? new ArrayList<ServiceKey>() : keys;
    grown.add(key);
    return grown;
  }

  private static String listedName(ServiceKey key) {
    return key.foldedNamespace() + '\0' + key.foldedName();
  }

  private ServiceEntry recallEnd(ServiceKey key, long revision, @Nullable String instanceId) {
    var entry = edit(key, revision);
    var unused = editor(entry);
    ended(entry, key, revision, instanceId);
    return entry;
  }

  private void ended(
      ServiceEntry entry, ServiceKey key, long revision, @Nullable String instanceId) {
    entry.key = key;
    ends.add(new End(revision, key, instanceId));
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
