package dev.rollcall.store.lease;

import java.util.Optional;
import java.util.function.Consumer;

/** The leases there are, to look at. Apply thread. */
public interface Leases {
  /** The lease of this id. */
  Optional<Lease> find(long leaseId);

  /** Visits all leases in order of id. */
  void forEach(Consumer<Lease> visitor);

  /** How many there are. */
  int size();
}
