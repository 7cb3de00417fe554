package dev.rollcall.store.lease;

import java.util.Optional;
import java.util.function.Consumer;

/** The leases there are, to look at. Apply thread. */
public interface Leases {
  /** The lease of this id, as it is now. */
  Optional<Lease> find(long leaseId);

  /** Visits all leases in order of id. */
  void forEach(Consumer<Lease> visitor);

  /** Visits all leases in order of id, and makes no object of any. */
  void forEachTtl(TtlVisitor visitor);

  /** How many there are. */
  int size();

  /** How many there are of a namespace that the guard may hold: those without keys. */
  int size(String foldedNamespace);

  /** How many there are of a namespace that the guard may hold and that are suspect. */
  int suspects(String foldedNamespace);

  /** How many there are that are suspect. */
  int suspects();

  /** Whether a lease that exists is suspect. */
  boolean isSuspect(long leaseId);

  /** Whether a lease exists and carries keys: such a one is never held back from its end. */
  boolean hasKeys(long leaseId);

  /** How many keys a lease carries; none when it does not exist. */
  KeyClaim keyClaim(long leaseId);

  /** Hears of leases one by one. */
  interface TtlVisitor {
    /** There is a lease, and this is its time to live. */
    void accept(long leaseId, int ttlMillis, boolean isSuspect);
  }
}
