package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.Budget;
import dev.rollcall.chaos.check.ClientHistory;
import dev.rollcall.chaos.check.HistoryEvent;
import dev.rollcall.chaos.check.Verdict;
import dev.rollcall.chaos.simulation.Observation.ByClient;
import dev.rollcall.chaos.simulation.Observation.Executed;
import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.store.Outcome;

/**
 * There is an order of all that clients did, within the times at which they did it, that explains
 * what they were told: records while the run goes on, and searches at its end, without a look at
 * revisions.
 */
@Heeds({ByClient.class, Executed.class, Happened.class})
final class HistoryIsLinearizable implements Invariant {
  /** A thousand times what is usual. A search that is given up counts as a failure. */
  private static final long STEPS_MAX = 10_000_000;

  private final ClientHistory history = new ClientHistory();
  private final VirtualTime time;

  HistoryIsLinearizable(VirtualTime time) {
    this.time = time;
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Happened(var changes) ->
          history.add(new HistoryEvent.Happened(time.nowNanos(), changes));
      case ByClient(var event) -> history.add(event);
      case Executed executed -> {
        if (executed.outcomes().stream().anyMatch(Outcome.ChangesCompacted.class::isInstance)) {
          history.add(new HistoryEvent.Forgot(time.nowNanos()));
        }
      }
      default -> {}
    }
  }

  /** All that was seen so far. */
  ClientHistory recorded() {
    return history;
  }

  /** Nothing more will happen. */
  void requireAtEnd() {
    Verdict verdict = history.check(Budget.ofSteps(STEPS_MAX));
    require(verdict instanceof Verdict.Linearizable, "%s", verdict);
  }
}
