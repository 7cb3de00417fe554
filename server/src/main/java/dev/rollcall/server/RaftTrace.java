package dev.rollcall.server;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.TraceEvent;
import dev.rollcall.server.metrics.NodeMetrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators what the group does: a log line for each change of role, and a count. Raft
 * thread.
 */
final class RaftTrace implements Consumer<TraceEvent> {
  private static final Logger LOG = LoggerFactory.getLogger("raft");

  private final LongAdder roleChanges = new LongAdder();
  private final LongAdder truncations = new LongAdder();

  RaftTrace(NodeMetrics metrics) {
    metrics.counter(
        roleChanges, "raft.role.changes", "Changes of role, term or leader", LongAdder::sum);
    metrics.counter(
        truncations,
        "raft.truncations",
        "Times a new leader replaced entries here",
        LongAdder::sum);
  }

  @Override
  public void accept(TraceEvent event) {
    switch (event) {
      case TraceEvent.RoleChanged changed -> {
        roleChanges.increment();
        LOG.info(
            "{} in term {}, leader {}: {}",
            changed.role(),
            changed.term(),
            changed.leader().map(NodeId::brief).orElse("unknown"),
            changed.reason());
      }
      case TraceEvent.Voted voted ->
          LOG.debug(
              "{} {} in term {}: {} ({})",
              voted.preVote() ? "pre-vote for" : "vote for",
              voted.candidate().brief(),
              voted.term(),
              voted.granted() ? "granted" : "refused",
              voted.reason());
      case TraceEvent.Truncated truncated -> {
        truncations.increment();
        LOG.info(
            "entries {} to {} replaced by a new leader's",
            truncated.fromIndex(),
            truncated.lastIndexBefore());
      }
      case TraceEvent.HandsOver transfer -> LOG.info("hands over to {}", transfer.to().brief());
      case TraceEvent.KeptLeading kept ->
          LOG.info("hand-over failed; goes on leading, with {} commands parked", kept.parked());
      case TraceEvent.Committed committed -> LOG.trace("committed {}", committed.commitIndex());
      case TraceEvent.Stepped stepped -> LOG.trace("{}", stepped.event());
      case TraceEvent.HandedOut handedOut -> LOG.trace("{}", handedOut.ready());
      case TraceEvent.Compacted compacted ->
          LOG.debug("log begins at {} now", compacted.firstIndex());
      case TraceEvent.Restarted restarted ->
          LOG.info("log begins anew behind the snapshot's last entry {}", restarted.previous());
      case TraceEvent.OutOfReach outOfReach ->
          LOG.info(
              "{} needs a snapshot: the log begins at {}",
              outOfReach.follower().brief(),
              outOfReach.firstIndex());
      case TraceEvent.Mismatched mismatched ->
          LOG.debug(
              "log of {} differs at {}, next {}",
              mismatched.follower().brief(),
              mismatched.previousIndex(),
              mismatched.nextIndex());
    }
  }
}
