package dev.rollcall.server;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.http.Check;
import java.util.List;
import java.util.function.Supplier;

/**
 * What {@code /readyz} looks at: starting → serving → stopping, and failed from anywhere. Any
 * thread.
 */
final class Readiness {
  private volatile Supplier<List<Check>> checks =
      () -> List.of(new Check("phase", false, "starting"));
  private volatile boolean isOver;

  List<Check> checks() {
    return checks.get();
  }

  void starting(String waitsFor) {
    become("starting: " + waitsFor);
  }

  /** Ready from now on whenever a leader is known. */
  synchronized void serving(Supplier<RaftStatus> status) {
    if (!isOver) {
      checks = () -> List.of(new Check("phase", true, "serving"), leader(status.get()));
    }
  }

  void stopping() {
    become("stopping");
    isOver = true;
  }

  void failed(String line) {
    become("failed: " + line);
    isOver = true;
  }

  private synchronized void become(String phase) {
    if (!isOver) {
      checks = () -> List.of(new Check("phase", false, phase));
    }
  }

  private static Check leader(RaftStatus status) {
    return status
        .leader()
        .map((NodeId leader) ->
            new Check(
                "leader", true, "node %s leads term %d".formatted(leader.brief(), status.term())))
        .orElseGet(() -> new Check("leader", false, "no leader is known"));
  }
}
