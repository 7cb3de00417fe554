package dev.rollcall.store.lease;

import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** All guards against mass expiry, by namespace. Apply thread. */
public final class GuardTable implements Guards {
  private final TreeMap<String, Guard> guards = new TreeMap<>();

  @Override
  public Optional<Guard> find(String foldedNamespace) {
    return Optional.ofNullable(guards.get(foldedNamespace));
  }

  @Override
  public void forEach(Consumer<Guard> visitor) {
    guards.values().forEach(visitor);
  }

  /** Adds a guard, or another state of one. */
  public void put(Guard guard) {
    guards.put(guard.foldedNamespace(), guard);
  }

  /** Whether none was ever engaged. */
  public boolean isEmpty() {
    return guards.isEmpty();
  }
}
