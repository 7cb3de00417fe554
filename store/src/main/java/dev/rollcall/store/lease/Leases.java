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

  /** How many there are of a namespace. */
  int size(String foldedNamespace);

  /** How many there are of a namespace that are suspect. */
  int suspects(String foldedNamespace);

  /** How many there are that are suspect. */
  int suspects();

  /** Whether a lease that exists is suspect. */
  boolean isSuspect(long leaseId);

  /** Hears of leases one by one. */
  interface TtlVisitor {
    /** There is a lease, and this is its time to live. */
    void accept(long leaseId, int ttlMillis, boolean isSuspect);
  }
}
