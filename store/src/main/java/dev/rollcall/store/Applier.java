package dev.rollcall.store;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Tombstone;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges commands by the state (docs/architecture.md, decision 13) and has those that pass carried
 * out: as a whole, at one revision, or not at all. Apply thread.
 */
final class Applier {
  private final Counters counters;
  private final InstanceTable instances;
  private final LeaseTable leases;
  private final RevisionWriter writer;

  Applier(Counters counters, InstanceTable instances, LeaseTable leases, RevisionWriter writer) {
    this.counters = counters;
    this.instances = instances;
    this.leases = leases;
    this.writer = writer;
  }

  Outcome apply(Command.Register command) {
    Lease given = null;
    if (command.keeper() instanceof Keeper.ExistingLease(long leaseId)) {
      var found = leases.find(leaseId);
      if (found.isEmpty()) {
        return new Outcome.LeaseNotFound(counters.revision, leaseId);
      }
      given = found.get();
      if (!given.foldedNamespace().equals(command.foldedNamespace())) {
        return new Outcome.LeaseOfOtherNamespace(counters.revision, leaseId);
      }
    }
    var fresh = new ArrayList<Beginning>(command.instances().size());
    var repeated = new ArrayList<RegisteredInstance>(0);
    for (Instance instance : command.instances()) {
      var live = instances.live(instance.key());
      var refused = refusal(instance, live);
      if (refused.isPresent()) {
        return refused.get();
      }
      if (live != null && live.instance().incarnation() == instance.incarnation()) {
        repeated.add(live);
      } else {
        fresh.add(new Beginning(instance, live));
      }
    }
    if (!repeated.isEmpty()) {
      // One answer names one lease: it must be the lease of all that is registered already, and of
      // what is to be added. Anything else is another request under used incarnations.
      long leaseId = given != null ? given.id() : repeated.getFirst().leaseId();
      for (var live : repeated) {
        if (live.leaseId() != leaseId || (given == null && !fresh.isEmpty())) {
          return new Outcome.IncarnationReused(counters.revision, live.instance().key());
        }
      }
    }
    return fresh.isEmpty() ? registeredBefore(repeated) : register(command, given, fresh);
  }

  Outcome apply(Command.Update command) {
    var live = instances.live(command.key());
    if (live == null) {
      return new Outcome.InstanceNotFound(counters.revision, command.key());
    }
    if (command.incarnation() != 0 && command.incarnation() != live.instance().incarnation()) {
      return new Outcome.StaleIncarnation(
          counters.revision, command.key(), live.instance().incarnation());
    }
    if (command.expectedRevision() != 0 && command.expectedRevision() != live.modRevision()) {
      return new Outcome.RevisionMismatch(counters.revision, live.modRevision());
    }
    var content = updated(live.instance(), command);
    if (content.equals(live.instance())) {
      return new Outcome.Updated(live.modRevision(), live);
    }
    var registered = writer.update(live, content);
    return new Outcome.Updated(writer.commit(), registered);
  }

  Outcome apply(Command.Deregister command) {
    var live = instances.live(command.key());
    if (live == null) {
      var tombstone = instances.tombstone(command.key());
      return tombstone != null && tombstone.incarnation() == command.incarnation()
          ? new Outcome.Deregistered(tombstone.revision())
          : new Outcome.InstanceNotFound(counters.revision, command.key());
    }
    long incarnation = live.instance().incarnation();
    if (command.incarnation() != 0 && command.incarnation() < incarnation) {
      return new Outcome.StaleIncarnation(counters.revision, command.key(), incarnation);
    }
    if (command.incarnation() > incarnation) {
      return new Outcome.InstanceNotFound(counters.revision, command.key());
    }
    writer.deregister(live);
    return new Outcome.Deregistered(writer.commit());
  }

  Outcome apply(Command.GrantLease command) {
    var lease = writer.grantLease(command.ttlMillis(), command.foldedNamespace());
    return new Outcome.LeaseGranted(counters.revision, lease.id(), lease.ttlMillis());
  }

  Outcome apply(Command.RevokeLease command) {
    var lease = leases.find(command.leaseId());
    if (lease.isEmpty()) {
      return new Outcome.LeaseNotFound(counters.revision, command.leaseId());
    }
    int gone = writer.endLease(lease.get(), Change.Cause.DEREGISTERED);
    return new Outcome.LeaseRevoked(
        gone == 0 ? counters.revision : writer.commit(), lease.get().instances().size());
  }

  private Optional<Outcome> refusal(Instance instance, @Nullable RegisteredInstance live) {
    InstanceKey key = instance.key();
    if (live == null) {
      Tombstone tombstone = instances.tombstone(key);
      return tombstone != null && instance.incarnation() <= tombstone.incarnation()
          ? Optional.of(
              new Outcome.StaleIncarnation(counters.revision, key, tombstone.incarnation()))
          : Optional.empty();
    }
    long incarnation = live.instance().incarnation();
    if (instance.incarnation() < incarnation) {
      return Optional.of(new Outcome.StaleIncarnation(counters.revision, key, incarnation));
    }
    // A late repeat of a registration may meet an update of the instance: it is a repeat all the
    // same.
    if (instance.incarnation() == incarnation
        && !instance.equals(live.instance())
        && !instance.equals(instances.contentRegistered(live))) {
      return Optional.of(new Outcome.IncarnationReused(counters.revision, key));
    }
    return Optional.empty();
  }

  private Outcome registeredBefore(List<RegisteredInstance> repeated) {
    long revision = 0;
    for (var live : repeated) {
      revision = Math.max(revision, live.createRevision());
    }
    long leaseId = repeated.getFirst().leaseId();
    return new Outcome.Registered(
        revision, leaseId, leases.find(leaseId).orElseThrow().ttlMillis());
  }

  private Outcome register(Command.Register command, @Nullable Lease given, List<Beginning> fresh) {
    var keys = fresh.stream().map(life -> life.instance().key()).sorted().toList();
    Lease lease;
    if (given == null) {
      lease = writer.createLease(ttlMillis(command), command.foldedNamespace(), keys);
    } else {
      lease = given;
      long added = fresh.stream().filter(life -> life.leaseIdBefore() != given.id()).count();
      if (given.instances().size() + added > Lease.INSTANCES_MAX) {
        return new Outcome.LeaseFull(counters.revision, given.id(), Lease.INSTANCES_MAX);
      }
      leases.attach(given.id(), keys);
    }
    for (var life : fresh) {
      writer.register(life.instance(), lease.id(), life.before());
    }
    return new Outcome.Registered(writer.commit(), lease.id(), lease.ttlMillis());
  }

  private long ttlMillis(Command.Register command) {
    return switch (command.keeper()) {
      case Keeper.NewLease(long ttlMillis) -> ttlMillis;
      case Keeper.DefaultLease() ->
          command.instances().stream()
              .map(instance -> instances.spec(instance.key().service()))
              .filter(spec -> spec != null && spec.spec().defaultTtlMillis() > 0)
              .mapToLong(spec -> spec.spec().defaultTtlMillis())
              .min()
              .orElse(Lease.TTL_MILLIS_DEFAULT);
      case Keeper.ExistingLease(long leaseId) ->
          throw new Invariant.Violation("lease %d is there already".formatted(leaseId));
    };
  }

  private static Instance updated(Instance live, Command.Update update) {
    return new Instance(
        live.key(),
        live.incarnation(),
        live.endpoints(),
        live.locality(),
        update.weight().orElse(live.weight()),
        live.version(),
        update.tags().orElse(live.tags()),
        update.metadata().orElse(live.metadata()),
        update.status().orElse(live.status()));
  }

  /** A life to begin, and the one that it ends. */
  private record Beginning(Instance instance, @Nullable RegisteredInstance before) {
    /** Lease ids are positive, so 0 is none. */
    long leaseIdBefore() {
      return before == null ? 0 : before.leaseId();
    }
  }
}
