package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.VoteRefused;
import dev.rollcall.raft.core.Campaign;
import dev.rollcall.raft.core.Message.RequestVote;
import java.util.HashSet;
import java.util.Set;

/**
 * A candidate that the leader has sent is refused for its log, for a vote that was given already or
 * because it was removed, and not because a leader is heard: the leader is done leading (thesis
 * §3.10). A hand-over that fails costs an election timeout, which nobody can tell from a fault.
 */
@Heeds({Sent.class, VoteRefused.class})
final class TransferIsNotRefused implements Invariant {
  /** As the voter words them; any other reason is refused here until somebody has judged it. */
  private static final Set<String> REASONS =
      Set.of("was removed", "has voted for another", "has a longer log");

  private record Candidacy(int candidate, long term) {}

  private final Set<Candidacy> sentByLeader = new HashSet<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int candidate, int to, RequestVote request)
        && request.campaign() == Campaign.TRANSFER) {
      sentByLeader.add(new Candidacy(candidate, request.term()));
    }
    if (observation instanceof VoteRefused(int voter, int candidate, long term, String reason)
        && sentByLeader.contains(new Candidacy(candidate, term))) {
      require(
          REASONS.contains(reason),
          "node %d refuses %d, sent by the leader, its vote of term %d: it %s",
          voter,
          candidate,
          term,
          reason);
    }
  }
}
