package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.HistoryEvent;
import dev.rollcall.chaos.check.RevisionChecker;
import dev.rollcall.chaos.simulation.Observation.ByClient;
import dev.rollcall.chaos.simulation.Observation.Happened;

/**
 * What clients are told goes with the one history that revisions number, in real time: looked at
 * while the history is made, so that a run ends where it went wrong.
 */
@Heeds({ByClient.class, Happened.class})
final class HistoryFollowsRevisions implements Invariant {
  private final RevisionChecker checker = new RevisionChecker();
  private final VirtualTime time;

  HistoryFollowsRevisions(VirtualTime time) {
    this.time = time;
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Happened(var changes) -> see(new HistoryEvent.Happened(time.nowNanos(), changes));
      case ByClient(var event) -> see(event);
      default -> {}
    }
  }

  private void see(HistoryEvent event) {
    try {
      checker.see(event);
    } catch (RevisionChecker.Contradiction e) {
      require(false, "%s", e.complaint());
    }
  }
}
