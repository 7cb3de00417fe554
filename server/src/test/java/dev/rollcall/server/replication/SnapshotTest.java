package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.WAIT;
import static dev.rollcall.server.replication.Requests.read;
import static dev.rollcall.server.replication.Requests.register;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.server.replication.Consistency.MinRevision;
import dev.rollcall.store.watch.StateCursor;
import dev.rollcall.store.watch.StateEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A node of the registry that was away for longer than the log reaches back. */
class SnapshotTest {
  private static final RaftConfig KEEPS_LITTLE =
      RaftConfig.DEFAULT.with(new RaftConfig.Compaction(5, 1 << 20, 0));

  private final HandCluster cluster =
      new HandCluster(3, 7, ReplicationLimits.DEFAULT, KEEPS_LITTLE);
  private int registered;

  @Test
  void takesOverTheStateWithItsWatchesAndWaitingReadsAndKeepsItThroughACrash() {
    var leader = cluster.elect();
    write(leader, 5);
    var away = cluster.followerNow();
    cluster.runUntil(() -> away.revision() == leader.revision());
    var wakeUps = new AtomicInteger();
    var watch = away.hub.watchState(HandCluster.SERVICE, wakeUps::incrementAndGet);
    assertThat(watch.next()).isInstanceOf(StateEvent.Snapshot.class);
    assertThat(watch.next()).isInstanceOf(StateEvent.Idle.class);

    cluster.isolate(away);
    write(leader, 30);
    compact();
    write(leader, 1);
    compact();
    var waiting = read(away, new MinRevision(leader.revision()), Duration.ofSeconds(20));
    cluster.heal();
    cluster.runUntil(() -> away.revision() >= leader.revision());

    assertThat(away.store.origin()).isPresent();
    cluster.runUntil(waiting::isGiven);
    assertThat(waiting.value().revision()).isGreaterThanOrEqualTo(36);
    assertThat(wakeUps).hasPositiveValue();
    assertThat(next(watch).reset()).isTrue();

    away.restart();
    write(cluster.elect(), 3);
    assertSame();
  }

  private void write(HandNode leader, int registrations) {
    for (int i = 0; i < registrations; i++) {
      var written = submit(leader, register("i-" + registered++), WAIT);
      cluster.runUntil(written::isGiven);
    }
  }

  /** The states become durable, and it is looked up how much of the log they need no more. */
  private void compact() {
    cluster.nodes.forEach(node -> node.store.flush());
    cluster.run(Duration.ofSeconds(2));
  }

  private void assertSame() {
    cluster.runUntil(() -> cluster.nodes.stream().map(HandNode::revision).distinct().count() == 1);
    assertThat(cluster.nodes.stream().map(node -> node.store.status().digest()).distinct())
        .hasSize(1);
  }

  private static StateEvent.Snapshot next(StateCursor watch) {
    return (StateEvent.Snapshot) watch.next();
  }
}
