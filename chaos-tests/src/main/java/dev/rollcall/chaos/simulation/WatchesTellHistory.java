package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.WatchHistory;
import dev.rollcall.chaos.simulation.Observation.ChangesTold;
import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.LogTooShort;
import dev.rollcall.chaos.simulation.Observation.NothingTold;
import dev.rollcall.chaos.simulation.Observation.StateShown;

/**
 * What watchers are told is what happened. Changes: in order, once, without a gap, whole revisions,
 * with what was there before, nothing that does not fit, across nodes, restarts, compaction and
 * snapshots; and of nothing only when there was nothing. State: what is shown of a service is what
 * it was at that revision, and it never goes back.
 */
@Heeds({Happened.class, ChangesTold.class, LogTooShort.class, NothingTold.class, StateShown.class})
final class WatchesTellHistory implements Invariant {
  private final WatchHistory history = new WatchHistory();

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Happened(var changes) -> history.happened(changes);
      case ChangesTold(int watcher, var scope, long after, long revision, var told) ->
          history
              .next(scope, after, revision, told)
              .ifPresent(wrong -> require(false, "watcher %d is told %s", watcher, wrong));
      case NothingTold(int watcher, var scope, long after, long upTo) ->
          history
              .nothing(scope, after, upTo)
              .ifPresent(wrong -> require(false, "watcher %d is told %s", watcher, wrong));
      case LogTooShort(int watcher, long after, long compactRevision) ->
          require(
              after + 1 < compactRevision,
              "watcher %d, which has %d, is told that the log begins with %d",
              watcher,
              after,
              compactRevision);
      case StateShown(int watcher, var scope, var service, long before, long at, var shown) -> {
        require(at >= before, "watcher %d goes back from %d to %d", watcher, before, at);
        history
            .shows(scope, service, at, shown)
            .ifPresent(wrong -> require(false, "watcher %d shows %s", watcher, wrong));
      }
      default -> {}
    }
  }
}
