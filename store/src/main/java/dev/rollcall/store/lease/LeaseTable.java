package dev.rollcall.store.lease;

import dev.rollcall.store.Invariant;
import dev.rollcall.store.instance.InstanceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All leases. Apply thread.
 *
 * <p>A lease is made with its first instances and ends with its last one, so that it never is
 * empty; or it is granted, and may be. Either ends by expiry and by revocation.
 */
public final class LeaseTable implements Leases {
  private final TreeMap<Long, Lease> leases = new TreeMap<>();

  @Override
  public Optional<Lease> find(long leaseId) {
    return Optional.ofNullable(leases.get(leaseId));
  }

  @Override
  public void forEach(Consumer<Lease> visitor) {
    leases.values().forEach(visitor);
  }

  @Override
  public int size() {
    return leases.size();
  }

  /** Adds a lease, or another state of one. */
  public void put(Lease lease) {
    leases.put(lease.id(), lease);
  }

  /** Adds instances to a lease; those it has already stay. */
  public void attach(long leaseId, Collection<InstanceKey> keys) {
    var lease = existing(leaseId);
    var all = new ArrayList<InstanceKey>(lease.instances().size() + keys.size());
    all.addAll(lease.instances());
    for (var key : keys) {
      if (Collections.binarySearch(lease.instances(), key) < 0) {
        all.add(key);
      }
    }
    all.sort(null);
    leases.put(leaseId, lease.withInstances(all));
  }

  /**
   * Takes an instance from a lease.
   *
   * @return whether the lease has ended with it
   */
  public boolean detach(long leaseId, InstanceKey key) {
    var lease = existing(leaseId);
    int at = Collections.binarySearch(lease.instances(), key);
    Invariant.check(at >= 0, "lease %d does not carry %s", leaseId, key);
    if (lease.endsWithLastInstance() && lease.instances().size() == 1) {
      leases.remove(leaseId);
      return true;
    }
    var left = new ArrayList<>(lease.instances());
    left.remove(at);
    leases.put(leaseId, lease.withInstances(left));
    return false;
  }

  /** Ends a lease that exists. */
  public void remove(long leaseId) {
    existing(leaseId);
    leases.remove(leaseId);
  }

  private Lease existing(long leaseId) {
    var lease = leases.get(leaseId);
    if (lease == null) {
      throw new Invariant.Violation("no lease " + leaseId);
    }
    return lease;
  }
}
