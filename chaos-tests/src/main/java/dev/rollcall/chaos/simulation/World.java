package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.GuardChanged;
import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.LeasesExpired;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.store.AppliedRange;
import dev.rollcall.store.Change;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.lease.Guard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Where everything is seen: shows each observation to every invariant, and counts. */
final class World {
  private static final byte[] NO_COMMAND = new byte[0];
  private static final Invariant[] NOBODY = {};

  private final Totals totals;
  private final EventHash hash;
  private final RegistryMarks marks;

  /** A registry that never crashes and applies each entry when any node is first to. */
  private final DigestCoversRows rows = new DigestCoversRows(new MemoryOrderedStore());

  private final RegistryStore reference = RegistryStore.open(rows);

  /** Who is shown an observation of each kind. */
  private Map<Class<?>, Invariant[]> invariants = Map.of();

  private final List<Predicate<Observation>> ambushes = new ArrayList<>();

  /** Leases of those who want the lock, in a namespace of their own. */
  private final Set<Long> locks = new HashSet<>();

  private long requests;
  private boolean isGuardEngaged;

  World(Totals totals, EventHash hash) {
    this.totals = totals;
    this.marks = new RegistryMarks(totals.marks);
    this.hash = hash;
  }

  void watchedBy(List<Invariant> invariantsOfRun) {
    var all = new ArrayList<>(invariantsOfRun);
    all.add(marks);
    var byKind = new HashMap<Class<?>, Invariant[]>();
    for (Class<?> kind : Observation.class.getPermittedSubclasses()) {
      byKind.put(kind, all.stream().filter(it -> heeds(it, kind)).toArray(Invariant[]::new));
    }
    invariants = byKind;
  }

  private static boolean heeds(Invariant invariant, Class<?> kind) {
    Heeds heeds = invariant.getClass().getAnnotation(Heeds.class);
    return heeds == null || List.of(heeds.value()).contains(kind);
  }

  Totals totals() {
    return totals;
  }

  /** A number for a request to a node that no other has. */
  long nextRequest() {
    return ++requests;
  }

  /** A node is about to apply committed entries; the first to do so makes history. */
  void applying(List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.index() == reference.status().lastApplied() + 1) {
        applying(entry);
      }
    }
  }

  private void applying(Entry entry) {
    boolean isCommand = entry.kind() == EntryKind.COMMAND;
    byte[] command = isCommand ? entry.payload().bytes() : NO_COMMAND;
    var range = reference.apply(List.of(new LogEntry(entry.index(), entry.wallMillis(), command)));
    rows.require(entry.index(), reference.status().digest());
    marks.applied(command, range, reference.status().sessions());
    if (range.outcomes().getFirst() instanceof Outcome.LeaseGranted granted) {
      reference
          .leases()
          .find(granted.leaseId())
          .filter(lease -> lease.foldedNamespace().equals(SimLocker.NAMESPACE))
          .ifPresent(lease -> locks.add(lease.id()));
    }
    if (range.outcomes().getFirst() instanceof Outcome.LeasesExpired) {
      see(new LeasesExpired(entry.id().term(), range.leasesEnded(), unguarded(range)));
    }
    lookAtGuard();
    range.changes().forEach(this::happened);
  }

  /** That of those who want the lock may engage too, and is none of the others'. */
  private void lookAtGuard() {
    var guard = reference.guards().find(SimKeyholder.NAMESPACE).filter(Guard::isEngaged);
    if (guard.isPresent() != isGuardEngaged) {
      isGuardEngaged = guard.isPresent();
      totals.guardsEngaged += isGuardEngaged ? 1 : 0;
      see(new GuardChanged(isGuardEngaged, guard.map(Guard::leases).orElse(0)));
    }
  }

  /** Of the leases that ended, those that had keys, or are of another namespace than the others. */
  private Set<Long> unguarded(AppliedRange range) {
    var unguarded = new HashSet<>(locks);
    unguarded.retainAll(range.leasesEnded());
    for (var changes : range.changes()) {
      for (Change change : changes.changes()) {
        if (change instanceof Change.KeyDeleted(var previous, var cause)) {
          unguarded.add(previous.leaseId());
        }
      }
    }
    return unguarded;
  }

  private void happened(RevisionChanges changes) {
    totals.expiries +=
        changes.changes().stream()
            .filter(change ->
                change instanceof Change.Removed removed && removed.cause() == Change.Cause.EXPIRED)
            .count();
    see(new Happened(changes));
  }

  void see(Observation observation) {
    for (Invariant invariant : invariants.getOrDefault(observation.getClass(), NOBODY)) {
      invariant.observe(observation);
    }
    if (!ambushes.isEmpty()) {
      ambushes.removeIf(ambush -> ambush.test(observation));
    }
  }

  /**
   * Somebody waits for something to happen.
   *
   * @param ambush shown everything until it says that it has seen enough; may plan something and
   *     must do nothing at once
   */
  void lieInWait(Predicate<Observation> ambush) {
    ambushes.add(ambush);
  }

  /** Takes what happened into the hash of the run; the text is made only when somebody wants it. */
  void hash(Supplier<String> event) {
    hash.add(event);
  }
}
