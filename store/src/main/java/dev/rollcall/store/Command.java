package dev.rollcall.store;

import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Names;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import dev.rollcall.store.lease.Lease;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * All that can change the registry. A value that exists is well formed; whether it applies, the
 * state says.
 */
public sealed interface Command {
  /**
   * Registers instances under one lease, all or none.
   *
   * @param instances 1 to 1,000 with distinct keys, of one namespace
   */
  record Register(List<Instance> instances, Keeper keeper) implements Command {
    public Register {
      instances = List.copyOf(instances);
      if (instances.isEmpty() || instances.size() > Lease.INSTANCES_MAX) {
        throw new InvalidRequest(
            Rule.OTHER, "a request registers 1 to 1000 instances, not " + instances.size());
      }
      requireDistinctOfOneNamespace(instances);
    }

    /** The namespace of all of them, folded. */
    public String foldedNamespace() {
      return instances.getFirst().key().service().foldedNamespace();
    }

    private static void requireDistinctOfOneNamespace(List<Instance> instances) {
      if (instances.size() == 1) {
        return;
      }
      String namespace = instances.getFirst().key().service().foldedNamespace();
      var keys = new HashSet<InstanceKey>();
      for (Instance instance : instances) {
        if (!keys.add(instance.key())) {
          throw new InvalidRequest(Rule.OTHER, "instance named twice: " + instance.key());
        }
        if (!instance.key().service().foldedNamespace().equals(namespace)) {
          throw new InvalidRequest(
              Rule.OTHER,
              "instances of one request must be of one namespace, not '%s' and '%s'"
                  .formatted(namespace, instance.key().service().namespace()));
        }
      }
    }
  }

  /**
   * Changes fields of a live instance; absent fields keep their value.
   *
   * @param incarnation 0 means whatever is live
   * @param weight 0 to 65535
   * @param metadata all of it, in order of key
   * @param tags all of them, distinct
   */
  record Update(
      InstanceKey key,
      long incarnation,
      Optional<Status> status,
      OptionalInt weight,
      Optional<SortedMap<String, String>> metadata,
      Optional<List<String>> tags)
      implements Command {
    public Update {
      requireIncarnation(incarnation);
      weight.ifPresent(Names::requireWeight);
      metadata = metadata.map(Instance::sorted);
      metadata.ifPresent(Names::requireMetadata);
      tags = tags.map(Instance::withoutRepeats);
      tags.ifPresent(Names::requireTags);
    }
  }

  /** Removes a live instance; incarnation 0 means whatever is live. */
  record Deregister(InstanceKey key, long incarnation) implements Command {
    public Deregister {
      requireIncarnation(incarnation);
    }
  }

  /** Removes leases with their instances. Proposed by a leader only, never forwarded. */
  record ExpireLeases(List<Long> leaseIds) implements Command {
    public ExpireLeases {
      leaseIds = List.copyOf(leaseIds);
    }
  }

  /**
   * Makes a lease without instances.
   *
   * @param foldedNamespace of all it will carry; folded here if it is not
   * @param ttlMillis 1,000 to 86,400,000
   */
  record GrantLease(String foldedNamespace, long ttlMillis) implements Command {
    public GrantLease {
      foldedNamespace = ServiceKey.foldedNamespace(foldedNamespace);
      Lease.requireTtl(ttlMillis);
    }
  }

  /** Ends a lease with its instances, by request. */
  record RevokeLease(long leaseId) implements Command {
    public RevokeLease {
      requireLeaseId(leaseId);
    }
  }

  /** Opens a client session. */
  record OpenSession() implements Command {}

  /** What keeps registered instances alive. */
  sealed interface Keeper {
    /**
     * A lease made for them, which ends with its last instance.
     *
     * @param ttlMillis 1,000 to 86,400,000
     */
    record NewLease(long ttlMillis) implements Keeper {
      public NewLease {
        Lease.requireTtl(ttlMillis);
      }
    }

    /**
     * A lease that exists.
     *
     * @param leaseId positive
     */
    record ExistingLease(long leaseId) implements Keeper {
      public ExistingLease {
        requireLeaseId(leaseId);
      }
    }
  }

  private static void requireLeaseId(long leaseId) {
    if (leaseId <= 0) {
      throw new InvalidRequest(Rule.OTHER, "lease id must be positive: " + leaseId);
    }
  }

  private static void requireIncarnation(long incarnation) {
    if (incarnation < 0) {
      throw new InvalidRequest(Rule.OTHER, "incarnation must not be negative: " + incarnation);
    }
  }
}
