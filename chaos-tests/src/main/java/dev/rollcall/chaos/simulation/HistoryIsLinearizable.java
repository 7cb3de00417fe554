package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.ReadDone;
import dev.rollcall.chaos.simulation.Observation.WriteAcknowledged;
import dev.rollcall.store.Change;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes are totally ordered by revision, so real-time order can be checked in one pass: what began
 * after something was acknowledged has a revision at least as high, and every read shows exactly
 * what the history holds at its revision. Reads that are not linearizable may be old but never
 * wrong.
 */
final class HistoryIsLinearizable implements Invariant {
  /** Content of each service after each revision that changed it. */
  private final Map<ServiceKey, TreeMap<Long, Map<String, Long>>> contents = new HashMap<>();

  /** Highest revision acknowledged to any client by a given moment. */
  private final TreeMap<Long, Long> acknowledged = new TreeMap<>();

  private final VirtualTime time;
  private long happenedRevision;

  HistoryIsLinearizable(VirtualTime time) {
    this.time = time;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Happened(var changes)) {
      require(
          changes.revision() == happenedRevision + 1,
          "revision %d after %d",
          changes.revision(),
          happenedRevision);
      happenedRevision = changes.revision();
      changes.changes().forEach(change -> record(changes.revision(), change));
    }
    if (observation instanceof WriteAcknowledged(long start, var key, var outcome)) {
      require(
          outcome.revision() <= happenedRevision,
          "%s acknowledged while history is at %d",
          outcome,
          happenedRevision);
      check(start, key, outcome);
      acknowledge(outcome.revision());
    }
    if (observation instanceof ReadDone read) {
      check(read);
    }
  }

  /**
   * A registration has the revision that made it and comes after all that was acknowledged when it
   * began. An update that changed nothing has the revision of the last change, and a removal that
   * of the moment at which the instance went, by expiry perhaps: both may lie before the request,
   * and must still have been so when it began.
   */
  private void check(long startNanos, InstanceKey key, Outcome outcome) {
    long floor = acknowledgedAt(startNanos);
    long revision = outcome.revision();
    switch (outcome) {
      case Outcome.Registered done -> {
        require(revision > floor, "%s began after revision %d was acknowledged", done, floor);
        long shown = contentAt(key.service(), revision).getOrDefault(key.instanceId(), 0L);
        require(shown == revision, "%s of %s: history has %d", done, key, shown);
      }
      case Outcome.Deregistered done -> {
        boolean went =
            contentAt(key.service(), revision - 1).containsKey(key.instanceId())
                && !contentAt(key.service(), Math.max(revision, floor))
                    .containsKey(key.instanceId());
        require(went, "%s of %s, which did not go then", done, key);
      }
      case Outcome.Updated done -> {
        var content = contentAt(key.service(), Math.max(revision, floor));
        long shown = content.getOrDefault(key.instanceId(), 0L);
        require(shown == revision, "%s of %s: history has %d", done, key, shown);
      }
      default ->
          require(revision >= floor, "%s began after revision %d was acknowledged", outcome, floor);
    }
  }

  private void check(ReadDone read) {
    if (read.linearizable()) {
      long floor = acknowledgedAt(read.startNanos());
      require(
          read.revision() >= floor,
          "read at revision %d began after revision %d was acknowledged",
          read.revision(),
          floor);
      acknowledge(read.revision());
    }
    Map<String, Long> expected = contentAt(read.service(), read.revision());
    require(
        expected.equals(read.modRevisions()),
        "read of %s at revision %d shows %s, history has %s",
        read.service(),
        read.revision(),
        read.modRevisions(),
        expected);
  }

  private Map<String, Long> contentAt(ServiceKey service, long revision) {
    var byRevision = contents.get(service);
    var floor = byRevision == null ? null : byRevision.floorEntry(revision);
    return floor == null ? Map.of() : floor.getValue();
  }

  private void record(long revision, Change change) {
    var byRevision = contents.computeIfAbsent(change.service(), key -> new TreeMap<>());
    var last = byRevision.lastEntry();
    var content = new TreeMap<String, Long>(last == null ? Map.of() : last.getValue());
    switch (change) {
      case Change.Upserted(var instance) ->
          content.put(instance.instance().key().instanceId(), revision);
      case Change.Removed(var key, var incarnation, var cause) -> content.remove(key.instanceId());
    }
    byRevision.put(revision, content);
  }

  private long acknowledgedAt(long nanos) {
    var floor = acknowledged.floorEntry(nanos);
    return floor == null ? 0 : floor.getValue();
  }

  private void acknowledge(long revision) {
    long highest = acknowledged.isEmpty() ? 0 : acknowledged.lastEntry().getValue();
    acknowledged.put(time.nowNanos(), Math.max(highest, revision));
  }
}
