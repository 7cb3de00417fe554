package dev.rollcall.store;

import dev.rollcall.store.lease.Guard;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The guards against mass expiry at one moment. Immutable; any thread.
 *
 * @param byNamespace those that are engaged or ever were, by folded namespace
 * @param suspects leases that are suspect, of all namespaces
 */
public record GuardView(SortedMap<String, Watched> byNamespace, int suspects) {
  /** Nothing ever happened. */
  static final GuardView NONE = new GuardView(new TreeMap<>(), 0);

  /**
   * A guard, and what it watches.
   *
   * @param leases there are of the namespace without keys
   * @param suspects among them
   */
  public record Watched(Guard guard, int leases, int suspects) {}

  /** Whether the guard of a namespace is engaged. */
  public boolean isEngaged(String foldedNamespace) {
    return find(foldedNamespace).map(watched -> watched.guard().isEngaged()).orElse(false);
  }

  /** The guard of a namespace, if it was ever engaged. */
  public Optional<Watched> find(String foldedNamespace) {
    return Optional.ofNullable(byNamespace.get(foldedNamespace));
  }

  /** How many are engaged. */
  public int engaged() {
    return (int) byNamespace.values().stream().filter(it -> it.guard().isEngaged()).count();
  }

  static GuardView of(Heap heap) {
    if (heap.guards.isEmpty() && heap.leases.suspects() == 0) {
      return NONE;
    }
    var byNamespace = new TreeMap<String, Watched>();
    heap.guards.forEach(guard -> {
      String namespace = guard.foldedNamespace();
      int leases = heap.leases.size(namespace);
      byNamespace.put(namespace, new Watched(guard, leases, heap.leases.suspects(namespace)));
    });
    return new GuardView(byNamespace, heap.leases.suspects());
  }
}
