package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import java.util.List;
import java.util.function.Predicate;

/**
 * Counts votes anew: an invariant that asked the shipped count would believe what it is to check.
 */
final class Majorities {
  private Majorities() {}

  /** Whether these nodes decide under a configuration: a majority of each half (Raft §6). */
  static boolean decide(Configuration configuration, Predicate<NodeId> says) {
    return isMajority(configuration.voters(), says)
        && (configuration.outgoing().isEmpty() || isMajority(configuration.outgoing(), says));
  }

  private static boolean isMajority(List<Member> half, Predicate<NodeId> says) {
    long agreeing = half.stream().map(Member::id).filter(says).count();
    return 2 * agreeing > half.size();
  }
}
