package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.EntryId;
import java.util.Optional;
import java.util.Set;

/**
 * The worst moment for a core to be left alone: one node is in a later term and has less of the log
 * than another. Neither has the other's vote then, until the other has heard of the term.
 */
final class Discord {
  private Discord() {}

  /** Two that are in discord now. */
  static Optional<Set<Integer>> find(SimCluster cluster) {
    for (SimNode later : cluster.nodes()) {
      for (SimNode longer : cluster.nodes()) {
        if (later != longer && areInDiscord(later, longer)) {
          return Optional.of(Set.of(later.number(), longer.number()));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean areInDiscord(SimNode later, SimNode longer) {
    return later.life() != null
        && longer.life() != null
        && later.requireLife().status().term() > longer.requireLife().status().term()
        && !last(later).isAtLeastAsUpToDateAs(last(longer));
  }

  private static EntryId last(SimNode node) {
    var log = node.log();
    return new EntryId(log.term(log.lastIndex()), log.lastIndex());
  }
}
