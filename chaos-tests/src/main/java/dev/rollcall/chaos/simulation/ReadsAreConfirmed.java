package dev.rollcall.chaos.simulation;

import static java.util.Objects.requireNonNullElse;

import dev.rollcall.chaos.simulation.Observation.ConfirmedUnder;
import dev.rollcall.chaos.simulation.Observation.Crashed;
import dev.rollcall.chaos.simulation.Observation.ReadAsked;
import dev.rollcall.chaos.simulation.Observation.ReadGranted;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.Observation.RoleChanging;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.HeartbeatResponse;
import dev.rollcall.raft.core.Message.ReadIndexResponse;
import dev.rollcall.raft.core.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A read index is granted when, after it was asked for, a quorum has answered its leader in the
 * leader's term: whoever does has elected nobody later before (thesis §6.4). A follower's is one
 * that a leader sent it after that. And it is granted by the leader of whom it was asked: a read
 * does not outlive what a node knows of who leads.
 *
 * <p>Moments are counted in observations, so that no two are the same.
 */
@Heeds({
  ConfirmedUnder.class,
  Crashed.class,
  ReadAsked.class,
  ReadGranted.class,
  RoleChanged.class,
  RoleChanging.class,
  Sent.class,
  Started.class
})
final class ReadsAreConfirmed implements Invariant {
  private record Read(int node, long id) {}

  private record Leadership(int leader, long term) {}

  private final DurableLogs nodes;

  /** When they were asked for. */
  private final Map<Read, Long> open = new HashMap<>();

  /** Those that were open when their node's role changed; over with that turn. */
  private final Set<Read> ending = new HashSet<>();

  /** When each node last answered a leader. */
  private final Map<Leadership, Map<Integer, Long>> answers = new HashMap<>();

  /** What each node led last. */
  private final Map<Integer, Leadership> led = new HashMap<>();

  /** What was asked of a follower before this moment, a leader has confirmed to it. */
  private final Map<Integer, Long> told = new HashMap<>();

  /** In this turn of a leader: its own reads, by when they were asked for. */
  private final Map<Integer, List<Long>> granting = new HashMap<>();

  /** In this turn of a leader: the followers that it tells. */
  private final Map<Integer, Set<Integer>> telling = new HashMap<>();

  private long now;

  ReadsAreConfirmed(DurableLogs nodes) {
    this.nodes = nodes;
  }

  @Override
  public void observe(Observation observation) {
    now++;
    switch (observation) {
      case Sent(int node, int to, HeartbeatResponse answer) -> answered(node, to, answer.term());
      case Sent(int node, int to, AppendEntriesResponse answer) ->
          answered(node, to, answer.term());
      case Sent(int node, int to, ReadIndexResponse answer) when answer.index() > 0 ->
          telling.computeIfAbsent(node, none -> new HashSet<>()).add(to);
      case ReadAsked(int node, long id) -> open.put(new Read(node, id), now);
      case ReadGranted(int node, long id, long index) -> granted(new Read(node, id));
      case RoleChanging(int node) ->
          open.keySet().stream().filter(read -> read.node == node).forEach(ending::add);
      case RoleChanged(int node, var role) -> {
        drop(node, ending);
        if (role.role() == Role.LEADER) {
          led.put(node, new Leadership(node, role.term()));
        }
      }
      case ConfirmedUnder(int node, var configurations) -> turned(node, configurations);
      case Crashed(int node) -> crashed(node);
      case Started(int node) -> drop(node, Set.copyOf(open.keySet()));
      default -> {}
    }
  }

  private void answered(int voter, int leader, long term) {
    answers.computeIfAbsent(new Leadership(leader, term), none -> new HashMap<>()).put(voter, now);
  }

  private void granted(Read read) {
    Long asked = open.remove(read);
    ending.remove(read);
    require(asked != null, "node %d is granted %s, asked of an earlier leader", read.node, read);
    if (asked != null && asked >= told.getOrDefault(read.node, 0L)) {
      granting.computeIfAbsent(read.node, none -> new ArrayList<>()).add(asked);
    }
  }

  /** A change of configuration within the turn may have come before the count or after it. */
  private void turned(int node, List<Configuration> configurations) {
    if (!granting.containsKey(node) && !telling.containsKey(node)) {
      return;
    }
    long confirmed =
        configurations.stream().mapToLong(it -> confirmedBefore(node, it)).max().orElse(0);
    for (long asked : requireNonNullElse(granting.remove(node), List.<Long>of())) {
      require(
          asked < confirmed,
          "node %d reads what it asked for at %d; told for before %d, confirmed for before %d",
          node,
          asked,
          told.getOrDefault(node, 0L),
          confirmed);
    }
    for (int follower : requireNonNullElse(telling.remove(node), Set.<Integer>of())) {
      told.merge(follower, confirmed, Math::max);
    }
  }

  /** A quorum has answered what a leader asked before this moment. */
  private long confirmedBefore(int node, Configuration configuration) {
    if (Majorities.decide(configuration, id -> nodes.number(id) == node)) {
      return now;
    }
    Leadership leadership = led.getOrDefault(node, new Leadership(node, 0));
    Map<Integer, Long> answered = answers.getOrDefault(leadership, Map.of());
    return answered.values().stream()
        .sorted(Comparator.reverseOrder())
        .filter(moment ->
            Majorities.decide(
                configuration,
                id -> {
                  int number = nodes.number(id);
                  return number == node || answered.getOrDefault(number, 0L) >= moment;
                }))
        .findFirst()
        .orElse(0L);
  }

  /** It died in its turn; what it told may have left, and nobody can say what it went by. */
  private void crashed(int node) {
    granting.remove(node);
    for (int follower : requireNonNullElse(telling.remove(node), Set.<Integer>of())) {
      told.put(follower, now);
    }
  }

  private void drop(int node, Collection<Read> reads) {
    List<Read> over = reads.stream().filter(read -> read.node == node).toList();
    over.forEach(open::remove);
    over.forEach(ending::remove);
  }
}
