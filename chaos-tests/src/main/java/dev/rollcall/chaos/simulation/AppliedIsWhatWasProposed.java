package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.ProposalApplied;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.Payload;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Whoever proposed a command is told that it was applied only when it was, at that index; not when
 * another leader's entry took its place (Raft §8: a leader answers after it has applied).
 */
@Heeds({Applied.class, ProposalApplied.class})
final class AppliedIsWhatWasProposed implements Invariant {
  private final Map<Long, Payload> applied = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Applied(int node, var entries, String digest) -> {
        for (Entry entry : entries) {
          applied.put(entry.index(), entry.payload());
        }
      }
      case ProposalApplied(int node, long index, Payload command) ->
          require(
              Objects.equals(applied.get(index), command),
              "node %d says that what was proposed to it was applied at %d, where something else"
                  + " was",
              node,
              index);
      default -> {}
    }
  }
}
