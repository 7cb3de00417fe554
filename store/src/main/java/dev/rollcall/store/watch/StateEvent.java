package dev.rollcall.store.watch;

import dev.rollcall.store.Change;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceSnapshot;
import java.util.List;
import java.util.Optional;

/** What a {@link StateCursor} has next. */
public sealed interface StateEvent {
  /**
   * All instances of the service; takes the place of everything before.
   *
   * @param reset whether it stands for changes that were skipped, because the ring had moved on
   */
  record Snapshot(ServiceSnapshot service, boolean reset) implements StateEvent {
    /** The revision it contains: that of the service's last change; 0 when it never had one. */
    public long revision() {
      return service.revision();
    }

    /** In order of id. */
    public List<RegisteredInstance> instances() {
      return service.instances();
    }
  }

  /**
   * The changes of one revision in the service. All cursors share it, and so what is made from it.
   *
   * @param previousRevision of the service's change before, which the watcher must have
   * @param upserts instances new or changed; no instance is in here twice, or in both lists
   * @param removes instances gone
   * @param spec that the service's spec was put or removed
   */
  record Delta(
      long previousRevision,
      long revision,
      List<RegisteredInstance> upserts,
      List<Change.Removed> removes,
      Optional<Change> spec)
      implements StateEvent {
    public Delta {
      upserts = List.copyOf(upserts);
      removes = List.copyOf(removes);
    }
  }

  /** Nothing now; the wake-up will be called when there is. */
  record Idle() implements StateEvent {
    static final Idle NOW = new Idle();
  }
}
