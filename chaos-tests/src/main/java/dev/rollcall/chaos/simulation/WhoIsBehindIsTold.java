package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Crashed;
import dev.rollcall.chaos.simulation.Observation.HeardOlder;
import dev.rollcall.chaos.simulation.Observation.HeardOlderTurnOver;
import dev.rollcall.chaos.simulation.Observation.Sent;
import java.util.HashMap;
import java.util.Map;

/**
 * Whoever hears a leader of an older term tells it the term, at once if that is durable (Raft
 * figure 2, AppendEntries 1). Else a leader of the older term and a voter of the newer one have
 * nothing to say to each other for ever.
 */
@Heeds({Crashed.class, HeardOlder.class, HeardOlderTurnOver.class, Sent.class})
final class WhoIsBehindIsTold implements Invariant {
  private record Pair(int node, int leader) {}

  private final Map<Pair, Long> untold = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case HeardOlder(int node, int leader, long term) -> untold.put(new Pair(node, leader), term);
      case Sent(int node, int to, var message) ->
          untold.computeIfPresent(
              new Pair(node, to), (pair, term) -> message.term() >= term ? null : term);
      case HeardOlderTurnOver(int node) -> {
        Map<Pair, Long> left = new HashMap<>(untold);
        left.keySet().removeIf(pair -> pair.node != node);
        require(left.isEmpty(), "node %d does not tell its term: %s", node, left);
      }
      case Crashed(int node) -> untold.keySet().removeIf(pair -> pair.node == node);
      default -> {}
    }
  }
}
