package dev.rollcall.store.watch;

import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.store.kv.KeyEntry;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What a {@link StateCursor} has next. */
public sealed interface StateEvent {
  /**
   * A service as it is, or the part of it that is watched; what takes the place of everything
   * before is all snapshots up to the one that is the last.
   *
   * @param wanted the instances that are watched
   * @param instanceId of the only instance that is watched; empty when it is not only one
   * @param reset whether it stands for changes that were skipped, because the ring had moved on or
   *     the state was replaced
   * @param isLast whether nothing of the snapshot follows
   */
  record Snapshot(
      ServiceSnapshot service,
      Filter wanted,
      Optional<String> instanceId,
      boolean reset,
      boolean isLast)
      implements StateEvent {
    /** The revision it contains: that of the service's last change; 0 when it never had one. */
    public long revision() {
      return service.revision();
    }

    /** In order of id, found one after the other. */
    public Iterator<RegisteredInstance> wantedInstances() {
      if (instanceId.isPresent()) {
        return service.find(instanceId.get()).filter(wanted::matches).stream().iterator();
      }
      var all = service.instances();
      return wanted.isAll() ? all.iterator() : all.stream().filter(wanted::matches).iterator();
    }

    /** In order of id. */
    public List<RegisteredInstance> instances() {
      Iterable<RegisteredInstance> each = this::wantedInstances;
      return StreamSupport.stream(each.spliterator(), false).toList();
    }

    /** What operators laid down for the service, unless one instance alone is watched. */
    public Optional<dev.rollcall.store.instance.RegisteredSpec> spec() {
      return instanceId.isPresent() ? Optional.empty() : service.spec();
    }
  }

  /**
   * Names of services that have instances or a spec, in order.
   *
   * @param revision everything up to it is contained; the last part says so too
   * @param reset as above
   * @param isLast as above
   */
  record Names(long revision, List<String> names, boolean reset, boolean isLast)
      implements StateEvent {
    public Names {
      names = List.copyOf(names);
    }
  }

  /**
   * Keys, in order.
   *
   * @param revision as above
   * @param reset as above
   * @param isLast as above
   */
  record Keys(long revision, List<KeyEntry> keys, boolean reset, boolean isLast)
      implements StateEvent {
    public Keys {
      keys = List.copyOf(keys);
    }
  }

  /**
   * The end of a snapshot of many services.
   *
   * @param revision everything up to it is contained; single services may be newer
   * @param reset as above
   */
  record End(long revision, boolean reset) implements StateEvent {}

  /**
   * The changes of one revision in what is watched; of many services, in one of them.
   *
   * @param previousRevision what the watcher must at least have; 0 when that is not known. This
   *     cursor's own, unlike the rest: which changes it was told of before depends on when it began
   * @param more whether there is more of the same revision
   * @param shared what all who watch the same see alike
   */
  record Delta(long previousRevision, boolean more, SharedDelta shared) implements StateEvent {
    /** The revision of these changes. */
    public long revision() {
      return shared.revision();
    }
  }

  /**
   * Nothing now; the wake-up will be called when there is.
   *
   * @param reached everything that is watched up to this revision has been given
   */
  record Idle(long reached) implements StateEvent {}
}
