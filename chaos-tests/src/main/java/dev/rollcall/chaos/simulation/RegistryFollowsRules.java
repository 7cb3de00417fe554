package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.PlainRegistry;
import dev.rollcall.chaos.simulation.Observation.Executed;
import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.Installed;
import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.store.Change;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whatever a node makes of the log is what the rules say: the outcome of each entry, in each life
 * and behind each snapshot, and the state that it comes to. A {@link PlainRegistry} says it, which
 * never restarts or writes a row. So a store that is wrong on all nodes alike shows, and one that
 * has lost in a restart what only a later command asks for. Whoever renews a lease that was over
 * before it asked is told so.
 */
@Heeds({Executed.class, Happened.class, Installed.class, RenewalAcknowledged.class, Started.class})
final class RegistryFollowsRules implements Invariant {
  /** A node's whole state is looked at after so many ranges of entries, and after each start. */
  private static final int RANGES_BETWEEN_LOOKS = 16;

  /** What the rules say of an entry. */
  private record Ruled(
      Outcome outcome, int instances, int leases, int sessions, long compactRevision) {}

  private final VirtualTime time;
  private final PlainRegistry rules = new PlainRegistry();
  private final List<Ruled> byIndex = new ArrayList<>();
  private final Map<Long, Long> leaseEndsNanos = new HashMap<>();
  private final Map<Long, RevisionChanges> happened = new HashMap<>();
  private final Map<ServiceKey, Long> revisions = new HashMap<>();

  /** What the change log is to hold: without the links. */
  private final TreeMap<Long, RevisionChanges> changeLog = new TreeMap<>();

  private final Map<Integer, Integer> rangesToLook = new HashMap<>();

  RegistryFollowsRules(VirtualTime time) {
    this.time = time;
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Happened(var changes) -> happened.put(changes.revision(), changes);
      case Started(int node) -> rangesToLook.remove(node);
      case Installed(int node, long index, String digest) -> rangesToLook.remove(node);
      case Executed(int node, var entries, var outcomes, var store) ->
          executed(node, entries, outcomes, store);
      case RenewalAcknowledged(long start, long leaseId, long ttl) -> {
        long endNanos = leaseEndsNanos.getOrDefault(leaseId, start);
        require(
            start <= endNanos, "lease %d is renewed, which was over when that was asked", leaseId);
      }
      default -> {}
    }
  }

  private void executed(
      int node, List<Entry> entries, List<Outcome> outcomes, RegistryStore store) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Outcome ruled = ruled(entry).outcome;
      require(
          outcomes.get(i).equals(ruled),
          "node %d at %s answers %s, by the rules it is %s",
          node,
          entry.id(),
          outcomes.get(i),
          ruled);
    }
    look(node, entries.getLast().index(), store);
  }

  /** Nodes come to an entry in any order of nodes, but somebody is first at each, in its order. */
  private Ruled ruled(Entry entry) {
    if (entry.index() == byIndex.size() + 1) {
      var request =
          entry.kind() == EntryKind.COMMAND
              ? Optional.of(CommandCodec.decode(entry.payload().bytes()))
              : Optional.<Request>empty();
      var outcome = rules.apply(entry.wallMillis(), request);
      requireChanges(entry);
      rules.leasesEnded().forEach(id -> leaseEndsNanos.put(id, time.nowNanos()));
      forgetBelow(rules.compactRevision());
      byIndex.add(
          new Ruled(
              outcome,
              rules.live().size(),
              rules.leases().size(),
              rules.sessions(),
              rules.compactRevision()));
    }
    return byIndex.get((int) entry.index() - 1);
  }

  /** What watchers are shown of it, with the links by which they know that they miss nothing. */
  private void requireChanges(Entry entry) {
    for (var each : rules.changes().entrySet()) {
      long revision = each.getKey();
      var before = new HashMap<ServiceKey, Long>();
      for (Change change : each.getValue()) {
        if (change instanceof Change.OfService ofService) {
          var service = ofService.service();
          before.putIfAbsent(service, revisions.getOrDefault(service, 0L));
          revisions.put(service, revision);
        }
      }
      var ruled = new RevisionChanges(revision, rules.wallMillis(), each.getValue(), before);
      changeLog.put(
          revision, new RevisionChanges(revision, rules.wallMillis(), each.getValue(), Map.of()));
      var shown = Optional.ofNullable(happened.remove(revision));
      require(
          shown.equals(Optional.of(ruled)),
          "%s shows %s, by the rules %s",
          entry.id(),
          shown,
          ruled);
    }
  }

  /** Services that nobody knows any more begin anew. */
  private void forgetBelow(long compactRevision) {
    var below = changeLog.headMap(compactRevision);
    if (!below.isEmpty()) {
      below.clear();
      revisions
          .entrySet()
          .removeIf(each -> each.getValue() < compactRevision && !rules.isThere(each.getKey()));
    }
  }

  private void look(int node, long index, RegistryStore store) {
    var status = store.status();
    var ruled = byIndex.get((int) index - 1);
    var counted =
        new Ruled(
            ruled.outcome,
            status.instances(),
            status.leases(),
            status.sessions(),
            status.compactRevision());
    require(
        counted.equals(ruled),
        "node %d at %d has %s, by the rules %s",
        node,
        index,
        counted,
        ruled);
    int left = rangesToLook.merge(node, -1, Integer::sum);
    // Of earlier states nobody knows any more what they are by the rules.
    if (left < 0 && index == byIndex.size()) {
      rangesToLook.put(node, RANGES_BETWEEN_LOOKS);
      lookAtAll(node, index, store);
    }
  }

  private void lookAtAll(int node, long index, RegistryStore store) {
    var leases = new ArrayList<Long>();
    var carried = new TreeMap<InstanceKey, Long>();
    store
        .leases()
        .forEach(lease -> {
          leases.add(lease.id());
          lease.instances().forEach(key -> carried.put(key, lease.id()));
        });
    require(
        leases.equals(rules.leases()),
        "node %d at %d has leases %s, by the rules %s",
        node,
        index,
        leases,
        rules.leases());
    for (RegisteredInstance each : rules.live().values()) {
      var key = each.instance().key();
      long leaseId = carried.getOrDefault(key, 0L);
      require(
          Optional.of(each).equals(store.instance(key)) && each.leaseId() == leaseId,
          "node %d at %d has %s under lease %s, by the rules %s",
          node,
          index,
          store.instance(key),
          leaseId,
          each);
    }
    lookAtKeys(node, index, store);
    lookAtStandings(node, index, store);
    lookAtServices(node, index, store);
    lookAtChangeLog(node, index, store);
  }

  private void lookAtStandings(int node, long index, RegistryStore store) {
    var guarded = new HashSet<String>();
    store
        .guards()
        .forEach(guard -> {
          if (guard.isEngaged()) {
            guarded.add(guard.foldedNamespace());
          }
        });
    require(
        guarded.equals(rules.guarded()),
        "node %d at %d guards %s, by the rules %s",
        node,
        index,
        guarded,
        rules.guarded());
    for (var each : rules.overrides().entrySet()) {
      var held = store.override(each.getKey());
      require(
          held.equals(Optional.of(each.getValue())),
          "node %d at %d has override %s of %s, by the rules %s",
          node,
          index,
          held,
          each.getKey(),
          each.getValue());
    }
  }

  private void lookAtServices(int node, long index, RegistryStore store) {
    for (var each : revisions.entrySet()) {
      long held = store.service(each.getKey()).revision();
      require(
          held == each.getValue(),
          "node %d at %d has revision %d of %s, by the rules %d",
          node,
          index,
          held,
          each.getKey(),
          each.getValue());
    }
    for (var each : rules.specs().entrySet()) {
      var held = store.service(each.getKey()).spec();
      require(
          held.equals(Optional.of(each.getValue())),
          "node %d at %d has spec %s, by the rules %s",
          node,
          index,
          held,
          each.getValue());
    }
  }

  private void lookAtChangeLog(int node, long index, RegistryStore store) {
    var expected = changeLog.values().iterator();
    store.changes(
        rules.compactRevision(),
        changes -> {
          var ruled = expected.hasNext() ? Optional.of(expected.next()) : Optional.empty();
          require(
              ruled.equals(Optional.of(changes)),
              "node %d at %d has in its change log %s, by the rules %s",
              node,
              index,
              changes,
              ruled);
          return true;
        });
    require(
        !expected.hasNext(),
        "node %d at %d has not all of the change log from %d to %d",
        node,
        index,
        rules.compactRevision(),
        rules.revision());
  }

  private void lookAtKeys(int node, long index, RegistryStore store) {
    for (String namespace : List.of(SimKeyholder.NAMESPACE, SimLocker.NAMESPACE)) {
      var ruled = rules.keys().getOrDefault(namespace, List.of());
      var held = store.keys(namespace, "", Optional.empty(), Integer.MAX_VALUE);
      require(
          held.entries().equals(ruled),
          "node %d at %d has keys %s, by the rules %s",
          node,
          index,
          held,
          ruled);
    }
    for (long leaseId : rules.leases()) {
      long carried =
          rules.keys().values().stream()
              .flatMap(List::stream)
              .filter(entry -> entry.leaseId() == leaseId)
              .count();
      int claimed = store.leases().keyClaim(leaseId).keys();
      require(
          claimed == carried,
          "node %d at %d has %d keys under lease %d, by the rules %d",
          node,
          index,
          claimed,
          leaseId,
          carried);
    }
  }
}
