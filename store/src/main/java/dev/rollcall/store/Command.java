package dev.rollcall.store;

import com.google.protobuf.ByteString;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.Names;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSpec;
import dev.rollcall.store.instance.Status;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.Compare;
import dev.rollcall.store.kv.KeyOperation;
import dev.rollcall.store.kv.KeyRules;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Lease;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
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
   * @param expectedRevision mod revision that the instance must have; 0 means any
   * @param weight 0 to 65535
   * @param metadata all of it, in order of key
   * @param tags all of them, distinct
   */
  record Update(
      InstanceKey key,
      long incarnation,
      long expectedRevision,
      Optional<Status> status,
      OptionalInt weight,
      Optional<SortedMap<String, String>> metadata,
      Optional<List<String>> tags)
      implements Command {
    public Update {
      requireIncarnation(incarnation);
      requireRevision(expectedRevision);
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

  /** Removes leases with their instances and keys. Proposed by a leader only, never forwarded. */
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

  /** Ends a lease with its instances and keys, by request. */
  record RevokeLease(long leaseId) implements Command {
    public RevokeLease {
      requireLeaseId(leaseId);
    }
  }

  /**
   * Moves a live instance through its life.
   *
   * @param incarnation 0 means whatever is live
   * @param graceMillis with DRAINING 1,000 to 86,400,000, from the entry's wall clock; else 0
   */
  record SetLifecycle(InstanceKey key, long incarnation, Lifecycle lifecycle, long graceMillis)
      implements Command {
    private static final long GRACE_MILLIS_MAX = 86_400_000;

    public SetLifecycle {
      requireIncarnation(incarnation);
      boolean isDraining = lifecycle == Lifecycle.DRAINING;
      if (isDraining && (graceMillis < 1_000 || graceMillis > GRACE_MILLIS_MAX)) {
        throw new InvalidRequest(
            Rule.OTHER, "grace must be 1000 to 86400000 ms to drain: " + graceMillis);
      }
      if (!isDraining && graceMillis != 0) {
        throw new InvalidRequest(Rule.OTHER, "grace is only for draining: " + graceMillis);
      }
    }
  }

  /**
   * Overrides what an instance reports, whether it is registered or not.
   *
   * @param ttlMillis from the entry's wall clock, 1,000 to 31,622,400,000; 0 means for ever
   */
  record SetOverride(InstanceKey key, Status status, String actor, String reason, long ttlMillis)
      implements Command {
    private static final long TTL_MILLIS_MAX = 31_622_400_000L;

    public SetOverride {
      StatusOverride.requireActor(actor);
      StatusOverride.requireReason(reason);
      if (ttlMillis != 0 && (ttlMillis < 1_000 || ttlMillis > TTL_MILLIS_MAX)) {
        throw new InvalidRequest(
            Rule.OTHER,
            "an override lasts 1000 to 31622400000 ms, or for ever with 0, not " + ttlMillis);
      }
    }
  }

  /** Takes an override back. */
  record ClearOverride(InstanceKey key) implements Command {}

  /**
   * Lays down what holds for a service.
   *
   * @param expectedRevision mod revision that the spec there must have, 0 when there must be none
   */
  record PutServiceSpec(ServiceSpec spec, OptionalLong expectedRevision) implements Command {
    public PutServiceSpec {
      expectedRevision.ifPresent(Command::requireRevision);
      if (spec.defaultTtlMillis() != 0) {
        Lease.requireTtl(spec.defaultTtlMillis());
      }
      spec.subsets().values().forEach(Filter::parse);
    }
  }

  /**
   * Takes a spec back.
   *
   * @param expectedRevision as of {@link PutServiceSpec}
   */
  record DeleteServiceSpec(ServiceKey service, OptionalLong expectedRevision) implements Command {
    public DeleteServiceSpec {
      expectedRevision.ifPresent(Command::requireRevision);
    }
  }

  /**
   * Does nothing but carry the time: deadlines that are due pass with any entry. Proposed by a
   * leader only, never forwarded.
   */
  record PassDeadlines() implements Command {}

  /**
   * Engages the guard of a namespace against mass expiry. Proposed by a leader only, never
   * forwarded.
   *
   * @param foldedNamespace folded here if it is not
   */
  record EngageGuard(String foldedNamespace) implements Command {
    public EngageGuard {
      foldedNamespace = ServiceKey.foldedNamespace(foldedNamespace);
    }
  }

  /**
   * Releases the guard of a namespace: its suspects may expire.
   *
   * @param foldedNamespace folded here if it is not
   * @param actor who says so, up to 128 bytes; empty for the leader itself
   */
  record ReleaseGuard(String foldedNamespace, String actor) implements Command {
    public ReleaseGuard {
      foldedNamespace = ServiceKey.foldedNamespace(foldedNamespace);
      Guard.requireActor(actor);
    }
  }

  /**
   * Says of leases that lapsed and may not expire that they, and what they carry, are suspect.
   * Proposed by a leader only, never forwarded.
   */
  record SuspectLeases(List<Long> leaseIds) implements Command {
    public SuspectLeases {
      leaseIds = List.copyOf(leaseIds);
    }
  }

  /** Takes that back, of leases that were renewed. Proposed by a leader only, never forwarded. */
  record TrustLeases(List<Long> leaseIds) implements Command {
    public TrustLeases {
      leaseIds = List.copyOf(leaseIds);
    }
  }

  /**
   * Raises the feature level that the cluster has agreed on; it never goes down. Proposed by a
   * leader only, once it knows that every member's software knows the level; never forwarded.
   *
   * @param level 1 or more; see {@link Features}
   */
  record RaiseFeatureLevel(int level) implements Command {
    public RaiseFeatureLevel {
      if (level < Features.FIRST_LEVEL) {
        throw new InvalidRequest(Rule.OTHER, "feature levels begin with 1, not " + level);
      }
    }
  }

  /**
   * Sets a key.
   *
   * @param foldedNamespace folded here if it is not
   * @param leaseId of a lease of that namespace, with which the key goes; 0 for none
   * @param expectedRevision mod revision that the key must have, 0 when there must be none
   */
  record PutKey(
      String foldedNamespace,
      String key,
      ByteString value,
      long leaseId,
      OptionalLong expectedRevision)
      implements Command {
    public PutKey {
      foldedNamespace = ServiceKey.foldedNamespace(foldedNamespace);
      KeyRules.requireKey(key);
      KeyRules.requireValue(value);
      if (leaseId != 0) {
        requireLeaseId(leaseId);
      }
      expectedRevision.ifPresent(Command::requireRevision);
    }
  }

  /**
   * Deletes a key, or all that begin with a prefix.
   *
   * @param foldedNamespace folded here if it is not
   * @param expectedRevision as of {@link PutKey}; of a single key only
   */
  record DeleteKeys(
      String foldedNamespace, String key, boolean isPrefix, OptionalLong expectedRevision)
      implements Command {
    public DeleteKeys {
      foldedNamespace = ServiceKey.foldedNamespace(foldedNamespace);
      if (isPrefix) {
        KeyRules.requirePrefix(key);
      } else {
        KeyRules.requireKey(key);
      }
      expectedRevision.ifPresent(Command::requireRevision);
      if (isPrefix && expectedRevision.isPresent()) {
        throw new InvalidRequest(Rule.OTHER, "an expected revision is for a single key");
      }
    }
  }

  /**
   * Does one thing with keys or another, as conditions hold: all of it or nothing.
   *
   * @param foldedNamespace of all its keys; folded here if it is not
   * @param compares all must hold, up to 128
   * @param success what is done then, in order, up to 128
   * @param failure what is done else, likewise
   */
  record Transact(
      String foldedNamespace,
      List<Compare> compares,
      List<KeyOperation> success,
      List<KeyOperation> failure)
      implements Command {
    private static final int LENGTH_MAX = 128;

    public Transact {
      foldedNamespace = ServiceKey.foldedNamespace(foldedNamespace);
      compares = List.copyOf(compares);
      success = List.copyOf(success);
      failure = List.copyOf(failure);
      requireLength("compares", compares);
      requireOperations("success", success);
      requireOperations("failure", failure);
    }

    private static void requireOperations(String what, List<KeyOperation> operations) {
      requireLength(what, operations);
      var keys = new HashSet<String>();
      for (var operation : operations) {
        if (operation instanceof KeyOperation.Put put && !keys.add(put.key())) {
          throw new InvalidRequest(Rule.OTHER, what + " puts one key twice: " + put.key());
        }
      }
    }

    private static void requireLength(String what, List<?> list) {
      if (list.size() > LENGTH_MAX) {
        throw new InvalidRequest(
            Rule.OTHER, "a transaction has at most 128 " + what + ", not " + list.size());
      }
    }
  }

  /**
   * Drops the beginning of the change log, up to {@link #REVISIONS_MAX} revisions of it. Proposed
   * by a leader only, never forwarded.
   *
   * @param revision the first that stays, 1 or more; one that is yet to come drops what there is
   */
  record CompactChanges(long revision) implements Command {
    /** That go at once. */
    public static final int REVISIONS_MAX = 1_000;

    public CompactChanges {
      if (revision < 1) {
        throw new InvalidRequest(Rule.OTHER, "revisions begin with 1, not " + revision);
      }
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
     * A lease made for them like the one above, with the default time to live: the shortest that
     * the specs of their services name, else {@link Lease#TTL_MILLIS_DEFAULT}.
     */
    record DefaultLease() implements Keeper {}

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

  private static void requireRevision(long revision) {
    if (revision < 0) {
      throw new InvalidRequest(Rule.OTHER, "expected revision must not be negative: " + revision);
    }
  }

  private static void requireIncarnation(long incarnation) {
    if (incarnation < 0) {
      throw new InvalidRequest(Rule.OTHER, "incarnation must not be negative: " + incarnation);
    }
  }
}
