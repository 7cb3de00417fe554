package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.KeysRead;
import dev.rollcall.chaos.simulation.Observation.KeysWritten;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyOrder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What clients are told of keys follows the order that revisions claim, as {@link
 * HistoryFollowsRevisions} has it of services: what was asked after a revision had happened is of
 * that revision at least, and of a later one when it changed something; and each answer is what the
 * changes up to its revision come to. Reads that need not be fresh may be old, but are of one
 * revision all the same.
 */
@Heeds({Happened.class, KeysRead.class, KeysWritten.class})
final class KeysFollowRevisions implements Invariant {
  private final VirtualTime time;

  /** All keys after each revision that changed one. */
  private final TreeMap<Long, Map<String, KeyEntry>> contents = new TreeMap<>();

  /** The last revision that had happened by a moment. */
  private final TreeMap<Long, Long> happened = new TreeMap<>();

  private long lastRevision;

  KeysFollowRevisions(VirtualTime time) {
    this.time = time;
    contents.put(0L, Map.of());
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Happened(var changes) -> {
        lastRevision = changes.revision();
        happened.put(time.nowNanos(), lastRevision);
        changes.changes().forEach(this::happened);
      }
      case KeysRead read -> read(read);
      case KeysWritten(long start, var request, var outcome) -> {
        require(outcome.revision() <= lastRevision, "%s is of the future", outcome);
        wrote(floor(start), request.command(), outcome);
      }
      default -> {}
    }
  }

  private void happened(Change change) {
    if (change instanceof Change.OfKey ofKey && ofKey.namespace().equals(SimKeyholder.NAMESPACE)) {
      var now = new TreeMap<String, KeyEntry>(KeyOrder.INSTANCE);
      now.putAll(at(lastRevision));
      switch (ofKey) {
        case Change.KeyPut(var entry, var previous) -> {
          var before = Optional.ofNullable(now.put(entry.key(), entry));
          require(before.equals(previous), "%s, but there was %s", change, before);
        }
        case Change.KeyDeleted(var previous, var cause) -> {
          var before = Optional.ofNullable(now.remove(previous.key()));
          require(before.equals(Optional.of(previous)), "%s, but there was %s", change, before);
        }
      }
      contents.put(lastRevision, now);
    }
  }

  private void read(KeysRead read) {
    long revision = read.page().revision();
    require(revision <= lastRevision, "%s is of the future", read);
    if (read.isLinearizable()) {
      long floor = floor(read.startNanos());
      require(revision >= floor, "%s is behind revision %d", read, floor);
    }
    var expected =
        at(revision).values().stream()
            .filter(entry -> entry.key().startsWith(read.prefix()))
            .toList();
    require(read.page().entries().equals(expected), "%s: history has %s", read, expected);
  }

  private void wrote(long floor, Command command, Outcome outcome) {
    long revision = outcome.revision();
    switch (outcome) {
      case Outcome.KeyPut(long of, var entry, var previous) -> {
        // What was there already was so when it was asked for, if not put since.
        var shown = Optional.ofNullable(at(Math.max(revision, floor)).get(entry.key()));
        require(
            shown.map(KeyEntry::withoutValue).equals(Optional.of(entry)),
            "%s, answered %s: history has %s",
            command,
            outcome,
            shown);
      }
      case Outcome.KeysDeleted(long of, int keys) -> {
        int gone = keys == 0 ? 0 : at(revision - 1).size() - at(revision).size();
        boolean isSo = keys == 0 ? revision >= floor : revision > floor && gone == keys;
        require(isSo, "%s, answered %s after %d: %d went", command, outcome, floor, gone);
      }
      default -> require(revision >= floor, "%s, answered %s: behind %d", command, outcome, floor);
    }
  }

  private long floor(long startNanos) {
    var floor = happened.lowerEntry(startNanos);
    return floor == null ? 0 : floor.getValue();
  }

  private Map<String, KeyEntry> at(long revision) {
    return contents.floorEntry(revision).getValue();
  }
}
