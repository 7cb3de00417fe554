package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every quorum of a configuration meets every quorum of the one before it, or two leaders could
 * decide apart (Raft §6); and who was removed is not a member again.
 */
@Heeds(Applied.class)
final class ConfigurationsOverlap implements Invariant {
  private final TreeMap<Long, Configuration> byIndex = new TreeMap<>();

  ConfigurationsOverlap(Configuration first) {
    byIndex.put(1L, first);
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Applied(int node, var applied, var digest)) {
      for (Entry entry : applied) {
        if (entry.kind() == EntryKind.CONFIGURATION && !byIndex.containsKey(entry.index())) {
          check(entry.index(), Configuration.decode(entry.payload()));
        }
      }
    }
  }

  /** Configurations in force after the first, joint ones not counted. */
  long changes() {
    return byIndex.values().stream().filter(it -> !it.isJoint()).count() - 1;
  }

  /** The last one that was applied anywhere, and so is committed, with its index. */
  Map.Entry<Long, Configuration> last() {
    return byIndex.lastEntry();
  }

  private void check(long index, Configuration next) {
    Map.Entry<Long, Configuration> before = byIndex.floorEntry(index);
    if (before != null) {
      require(
          overlap(before.getValue(), next),
          "the configuration of %d and that of %d have quorums apart: %s, %s",
          before.getKey(),
          index,
          before.getValue(),
          next);
      for (NodeId removed : before.getValue().removed()) {
        require(next.member(removed).isEmpty(), "%s was removed and is back at %d", removed, index);
      }
    }
    byIndex.put(index, next);
  }

  /** Tries every division of all voters into two sets. */
  private static boolean overlap(Configuration one, Configuration other) {
    var voters = new TreeSet<NodeId>();
    for (Configuration each : List.of(one, other)) {
      each.voters().stream().map(Member::id).forEach(voters::add);
      each.outgoing().stream().map(Member::id).forEach(voters::add);
    }
    var all = new ArrayList<>(voters);
    for (int set = 0; set < 1 << all.size(); set++) {
      int inside = set;
      boolean first = Majorities.decide(one, id -> (inside >> all.indexOf(id) & 1) == 1);
      boolean second = Majorities.decide(other, id -> (inside >> all.indexOf(id) & 1) == 0);
      if (first && second) {
        return false;
      }
    }
    return true;
  }
}
