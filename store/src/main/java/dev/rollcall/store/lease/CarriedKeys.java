package dev.rollcall.store.lease;

import dev.rollcall.store.Invariant;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOrder;
import java.util.List;
import java.util.TreeSet;

/** The keys that one lease carries: one at least. Apply thread. */
final class CarriedKeys {
  private final TreeSet<String> keys = new TreeSet<>(KeyOrder.INSTANCE);
  private long bytes;

  void add(KeyEntry entry) {
    Invariant.check(
        keys.add(entry.key()), "lease %d carries %s already", entry.leaseId(), entry.key());
    bytes += entry.bytes();
  }

  void remove(KeyEntry entry) {
    Invariant.check(
        keys.remove(entry.key()), "lease %d does not carry %s", entry.leaseId(), entry.key());
    bytes -= entry.bytes();
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  List<String> inOrder() {
    return List.copyOf(keys);
  }

  KeyClaim claim() {
    return new KeyClaim(keys.size(), bytes);
  }
}
