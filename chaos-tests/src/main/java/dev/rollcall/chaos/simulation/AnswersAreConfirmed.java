package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.ReadAsked;
import dev.rollcall.chaos.simulation.Observation.ReadGranted;
import dev.rollcall.chaos.simulation.Observation.RequestAnswered;
import dev.rollcall.chaos.simulation.Observation.RequestArrived;
import dev.rollcall.chaos.simulation.Observation.RequestSentOn;
import dev.rollcall.chaos.simulation.Observation.SentOnAnswered;
import dev.rollcall.chaos.simulation.Observation.Started;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A node answers a linearizable read or a renewal only after a read index was granted that it asked
 * for since the request arrived (thesis §6.4), or, for a renewal, after the leader has answered
 * what was sent on since. Who takes itself for the leader may have been replaced; that a client
 * sees that takes a partition and luck. {@link ReadsAreConfirmed} says when one is granted.
 *
 * <p>Moments are counted in observations, so that no two are the same.
 */
@Heeds({
  ReadAsked.class,
  ReadGranted.class,
  RequestAnswered.class,
  RequestArrived.class,
  RequestSentOn.class,
  SentOnAnswered.class,
  Started.class
})
final class AnswersAreConfirmed implements Invariant {
  private record Request(int node, long id) {}

  /** When requests, reads of the core and what was sent on began, on the nodes where they are. */
  private final Map<Request, Long> requests = new HashMap<>();

  private final Map<Request, Long> reads = new HashMap<>();
  private final Map<Request, Long> sentOn = new HashMap<>();

  /** The last of its own questions that a node has an answer to, by when it asked. */
  private final Map<Integer, Long> confirmed = new HashMap<>();

  private long now;

  @Override
  public void observe(Observation observation) {
    now++;
    switch (observation) {
      case RequestArrived(int node, long id) -> requests.put(new Request(node, id), now);
      case ReadAsked(int node, long id) -> reads.put(new Request(node, id), now);
      case RequestSentOn(int node, long id) -> sentOn.put(new Request(node, id), now);
      case ReadGranted(int node, long id, long index) -> confirm(reads, new Request(node, id));
      case SentOnAnswered(int node, long id) -> confirm(sentOn, new Request(node, id));
      case RequestAnswered(int node, long id) -> check(new Request(node, id));
      case Started(int node) -> {
        for (Map<Request, Long> open : List.of(requests, reads, sentOn)) {
          open.keySet().removeIf(it -> it.node == node);
        }
        confirmed.remove(node);
      }
      default -> {}
    }
  }

  private void confirm(Map<Request, Long> asked, Request question) {
    Long moment = asked.remove(question);
    if (moment != null) {
      confirmed.merge(question.node, moment, Math::max);
    }
  }

  /** One that is not known was asked of an earlier life, which answers nobody. */
  private void check(Request request) {
    Long arrived = requests.remove(request);
    if (arrived != null) {
      long last = confirmed.getOrDefault(request.node, 0L);
      require(
          last > arrived,
          "node %d answers what arrived at %d, and has confirmed only what it asked at %d",
          request.node,
          arrived,
          last);
    }
  }
}
