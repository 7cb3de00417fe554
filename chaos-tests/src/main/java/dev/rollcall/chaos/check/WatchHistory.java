package dev.rollcall.chaos.check;

import dev.rollcall.store.Change;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that happened, by revision, and what watchers must have been told of it: in order, once, with
 * no gap, whole revisions, what was there before, and nothing that does not fit. Knows nothing of
 * how watches work.
 */
public final class WatchHistory {
  private final NavigableMap<Long, RevisionChanges> revisions = new TreeMap<>();

  /** Per service what it was after each of its changes. */
  private final Map<ServiceKey, NavigableMap<Long, Map<InstanceKey, RegisteredInstance>>> states =
      new TreeMap<>();

  /** The history grows by a revision. */
  public void happened(RevisionChanges changes) {
    revisions.put(changes.revision(), changes);
    for (Change change : changes.changes()) {
      switch (change) {
        case Change.Upserted upserted ->
            state(upserted.service(), changes.revision())
                .put(upserted.instance().instance().key(), upserted.instance());
        case Change.Removed removed ->
            state(removed.service(), changes.revision()).remove(removed.key());
        case Change.SpecPut put -> state(put.service(), changes.revision());
        case Change.SpecRemoved gone -> state(gone.service(), changes.revision());
        case Change.KeyPut put -> {}
        case Change.KeyDeleted gone -> {}
      }
    }
  }

  /**
   * Judges what a watcher of changes is told next.
   *
   * @param after the revision up to which it was told everything
   * @return what is wrong with it
   */
  public Optional<String> next(
      WatchedScope scope, long after, long revision, List<ToldChange> told) {
    if (revision <= after) {
      return Optional.of("revision %d once more, behind %d".formatted(revision, after));
    }
    var skipped = nothing(scope, after, revision - 1);
    if (skipped.isPresent()) {
      return skipped;
    }
    var happened = revisions.get(revision);
    var wanted =
        happened == null ? List.<ToldChange>of() : ToldChange.of(scope, happened.changes());
    return told.equals(wanted)
        ? Optional.empty()
        : Optional.of("revision %d as %s, it was %s".formatted(revision, told, wanted));
  }

  /** Judges that there was nothing to be told of behind one revision and up to another. */
  public Optional<String> nothing(WatchedScope scope, long after, long upTo) {
    if (upTo > 0 && (revisions.isEmpty() || upTo > revisions.lastKey())) {
      return Optional.of("%d, which has not happened yet".formatted(upTo));
    }
    return revisions.subMap(after, false, Math.max(after, upTo), true).values().stream()
        .filter(each -> !ToldChange.of(scope, each.changes()).isEmpty())
        .findFirst()
        .map(each -> "nothing of revision %d: %s".formatted(each.revision(), each.changes()));
  }

  /**
   * Judges the instances of one service that a watcher of state shows.
   *
   * @param revision of which it says that they are
   */
  public Optional<String> shows(
      WatchedScope scope,
      ServiceKey service,
      long revision,
      Map<InstanceKey, RegisteredInstance> shown) {
    var state = states.getOrDefault(service, new TreeMap<>()).floorEntry(revision);
    var wanted = new TreeMap<InstanceKey, RegisteredInstance>();
    if (state != null) {
      state.getValue().values().stream()
          .filter(scope::fits)
          .forEach(each -> wanted.put(each.instance().key(), each));
    }
    return shown.equals(wanted)
        ? Optional.empty()
        : Optional.of("%s at %d as %s, it was %s".formatted(service, revision, shown, wanted));
  }

  /** The state after a revision, to be changed while the revision goes on. */
  private Map<InstanceKey, RegisteredInstance> state(ServiceKey service, long revision) {
    var history = states.computeIfAbsent(service, key -> new TreeMap<>());
    var last = history.lastEntry();
    if (last == null || last.getKey() != revision) {
      history.put(revision, last == null ? new TreeMap<>() : new TreeMap<>(last.getValue()));
    }
    return history.lastEntry().getValue();
  }
}
