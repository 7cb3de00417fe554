package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.ReadGranted;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Message.ReadIndexResponse;
import dev.rollcall.raft.core.Ready.RoleState;
import dev.rollcall.raft.core.Role;
import java.util.HashMap;
import java.util.Map;

/**
 * The read index that a leader gives, itself or a follower, is not below the first entry of its own
 * term: before that is committed it may not know of everything that is (Raft §8). The damage needs
 * a commit that the leader has not heard of, and a read just then.
 */
@Heeds({ReadGranted.class, RoleChanged.class, Sent.class, Started.class})
final class ReadIndexIsOfTheTerm implements Invariant {
  private final Map<Long, Long> firstIndexes = new HashMap<>();

  /** The term that each node leads. */
  private final Map<Integer, Long> led = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Started(int node) -> led.remove(node);
      case RoleChanged(int node, RoleState role) -> {
        led.remove(node);
        if (role.role() == Role.LEADER) {
          led.put(node, role.term());
          firstIndexes.put(role.term(), role.noopIndex());
        }
      }
      case ReadGranted(int node, long id, long index) when led.containsKey(node) ->
          check(node, led.get(node), index);
      case Sent(int node, int to, ReadIndexResponse answer) when answer.index() > 0 ->
          check(node, answer.term(), answer.index());
      default -> {}
    }
  }

  private void check(int node, long term, long index) {
    long first = firstIndexes.getOrDefault(term, Long.MAX_VALUE);
    require(
        index >= first,
        "node %d gives read index %d in term %d, which begins at %d",
        node,
        index,
        term,
        first);
  }
}
