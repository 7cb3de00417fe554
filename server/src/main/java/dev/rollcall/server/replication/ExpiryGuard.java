package dev.rollcall.server.replication;

import dev.rollcall.server.replication.DeadlineProposer.LeaderCommands;
import dev.rollcall.server.replication.GuardedNamespace.Wish;
import dev.rollcall.store.Command;
import dev.rollcall.store.lease.Guards;
import dev.rollcall.store.lease.Leases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Stands between leases that lapsed and their end, in the memory of the leader: when more of a
 * namespace lapse at a time than die at a time, the network or a gateway is the likelier reason,
 * and to take all of them away would finish what it began (docs/architecture.md, decision 9). What
 * it decides is made true through the log: the guard of the namespace, and which leases are
 * suspect. Idle → leading → idle, as {@link LeaseExpirer}, which calls it. Apply thread only.
 *
 * <p>A lease with keys is never held: a lock must not outlive who holds it. Any other that lapses
 * is held; {@link #judge} says who of those held may expire. A renewal lets it go at once, and the
 * suspicion of it is taken back through the log.
 */
final class ExpiryGuard {
  /** Instances after which a command marks no further lease: each is in it whole, as a change. */
  private static final int BATCH_INSTANCES_MAX = 250;

  private final Leases leases;
  private final Guards guards;
  private final GuardLimits limits;
  private final LeaderCommands commands;

  private final TreeMap<String, GuardedNamespace> namespaces = new TreeMap<>();

  /** Who holds which lease: an end must not ask every namespace. */
  private final Map<Long, GuardedNamespace> holders = new HashMap<>();

  /** Suspects that were renewed, and are suspect until that is said in the log. */
  private final Set<Long> trusted = new LinkedHashSet<>();

  private boolean isTrusting;
  private long term;
  private long nowNanos;

  ExpiryGuard(Leases leases, Guards guards, GuardLimits limits, LeaderCommands commands) {
    this.leases = leases;
    this.guards = guards;
    this.limits = limits;
    this.commands = commands;
  }

  /** This node leads: guards that are engaged stay so. */
  void leadershipStarted(long newTerm, long atNanos) {
    term = newTerm;
    nowNanos = atNanos;
    guards.forEach(guard -> {
      if (guard.isEngaged()) {
        namespace(guard.foldedNamespace()).found(atNanos);
      }
    });
  }

  /** Forgets everything. */
  void leadershipEnded() {
    term = 0;
    namespaces.clear();
    holders.clear();
    trusted.clear();
    isTrusting = false;
  }

  /** Moves lease time on, before what lapsed by then is told. */
  void advance(long toNanos) {
    nowNanos = toNanos;
    for (var namespace : namespaces.values()) {
      namespace.advance(toNanos);
    }
  }

  /**
   * The lease lapsed.
   *
   * @return whether it is held from now on; one with keys never is, and counts for nothing here
   */
  boolean lapsed(long leaseId) {
    trusted.remove(leaseId);
    if (leases.hasKeys(leaseId)) {
      return false;
    }
    leases
        .find(leaseId)
        .ifPresent(lease -> {
          var namespace = namespace(lease.foldedNamespace());
          namespace.lapsed(leaseId);
          holders.put(leaseId, namespace);
        });
    return true;
  }

  /**
   * The lease has keys now.
   *
   * @return whether it was held, and is no longer
   */
  boolean letGo(long leaseId) {
    var holder = holders.remove(leaseId);
    if (holder != null) {
      holder.letGo(leaseId);
    }
    return holder != null;
  }

  /** After all that lapsed was told: who of those held may expire; and proposes what is due. */
  void judge(LongConsumer cleared) {
    LongConsumer letGo =
        leaseId -> {
          holders.remove(leaseId);
          cleared.accept(leaseId);
        };
    for (var namespace : namespaces.values()) {
      namespace.judge(letGo);
      propose(namespace);
    }
    namespaces.values().removeIf(GuardedNamespace::isIdle);
    proposeTrust();
  }

  /**
   * A lease that lapsed, or is suspect, is renewed.
   *
   * @param deadlineNanos its deadline before
   */
  void renewed(long leaseId, long deadlineNanos) {
    leases
        .find(leaseId)
        .ifPresent(lease -> {
          var namespace = namespaces.get(lease.foldedNamespace());
          boolean isMarked = lease.isSuspect();
          if (namespace != null && namespace.holds(leaseId)) {
            isMarked |= !namespace.isUnmarked(leaseId);
            namespace.letGo(leaseId);
            holders.remove(leaseId);
          } else if (namespace != null && !leases.hasKeys(leaseId)) {
            namespace.renewed(deadlineNanos);
          }
          if (isMarked) {
            trusted.add(leaseId);
          }
        });
  }

  /** A lease that is held, or is suspect, ended otherwise than by expiry. */
  void ended(long leaseId) {
    trusted.remove(leaseId);
    var unused = letGo(leaseId);
  }

  /** Takes leases, in order, for one command. */
  static List<Long> takeBatch(Set<Long> from, Leases leases) {
    var batch = new ArrayList<Long>();
    int instances = 0;
    for (var each = from.iterator();
        each.hasNext()
            && batch.size() < LeaseExpirer.BATCH_LEASES_MAX
            && instances < BATCH_INSTANCES_MAX; ) {
      long leaseId = each.next();
      each.remove();
      batch.add(leaseId);
      instances += leases.find(leaseId).map(lease -> lease.instances().size()).orElse(0);
    }
    return batch;
  }

  /** Leases that are held. */
  int held() {
    return holders.size();
  }

  private GuardedNamespace namespace(String foldedNamespace) {
    var known = namespaces.get(foldedNamespace);
    if (known == null) {
      known = new GuardedNamespace(foldedNamespace, leases, guards, limits);
      known.advance(nowNanos);
      namespaces.put(foldedNamespace, known);
    }
    return known;
  }

  private void propose(GuardedNamespace namespace) {
    Wish wish = namespace.wish();
    if (wish != Wish.NOTHING) {
      namespace.proposed();
      commands.propose(
          term,
          wish == Wish.ENGAGE
              ? new Command.EngageGuard(namespace.foldedNamespace)
              : new Command.ReleaseGuard(namespace.foldedNamespace, ""),
          namespace::settled);
    }
    List<Long> unmarked = namespace.takeUnmarked();
    if (!unmarked.isEmpty()) {
      commands.propose(term, new Command.SuspectLeases(unmarked), namespace::marked);
    }
  }

  private void proposeTrust() {
    if (isTrusting || trusted.isEmpty()) {
      return;
    }
    isTrusting = true;
    var batch = takeBatch(trusted, leases);
    long ofTerm = term;
    commands.propose(
        term,
        new Command.TrustLeases(batch),
        () -> {
          if (term == ofTerm) {
            isTrusting = false;
            batch.forEach(this::afterTrust);
          }
        });
  }

  /** Applied or not, and the lease may have lapsed again meanwhile. */
  private void afterTrust(long leaseId) {
    leases
        .find(leaseId)
        .ifPresent(lease -> {
          var namespace = namespaces.get(lease.foldedNamespace());
          if (namespace != null && namespace.holds(leaseId)) {
            namespace.look(leaseId);
          } else if (lease.isSuspect()) {
            trusted.add(leaseId);
          }
        });
  }
}
