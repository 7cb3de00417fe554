package dev.rollcall.server.replication;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.ForwardAnswer.Reason;
import dev.rollcall.server.replication.ForwardAnswer.Refused;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Sends requests to the node that leads: one hop, which the addressee never prolongs (two nodes
 * that each believe in the other would pass a request between them for ever). Any thread.
 */
final class Forwarder {
  private final LeaderLink link;
  private final Timers timers;
  private final Clock clock;
  private final AtomicLong lastId = new AtomicLong();

  Forwarder(LeaderLink link, Timers timers, Clock clock) {
    this.link = link;
    this.timers = timers;
    this.clock = clock;
  }

  /** Sends; the answer may never come. */
  void forward(NodeId leader, Ask ask, long deadlineNanos, Consumer<ForwardAnswer> answer) {
    long waitMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - clock.nanoTime());
    var request = new ForwardRequest(lastId.incrementAndGet(), Math.max(1, waitMillis), ask);
    link.send(leader, request, answer);
  }

  /**
   * Sends; when no answer came for {@code patienceNanos}, says INDETERMINATE. A true answer that
   * comes after that is passed on, unless it is a refusal: one is enough.
   */
  void forward(
      NodeId leader,
      Ask ask,
      long deadlineNanos,
      long patienceNanos,
      Consumer<ForwardAnswer> answer) {
    var isRefused = new AtomicBoolean();
    var giveUp =
        timers.at(
            clock.nanoTime() + patienceNanos,
            () -> {
              if (isRefused.compareAndSet(false, true)) {
                answer.accept(new Refused(Reason.INDETERMINATE));
              }
            });
    forward(
        leader,
        ask,
        deadlineNanos,
        heard -> {
          giveUp.cancel();
          if (!(heard instanceof Refused) || isRefused.compareAndSet(false, true)) {
            answer.accept(heard);
          }
        });
  }
}
