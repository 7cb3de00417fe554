package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.WAIT;
import static dev.rollcall.server.replication.Requests.read;
import static dev.rollcall.server.replication.Requests.register;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.server.replication.Consistency.MinRevision;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.watch.ChangesCursor;
import dev.rollcall.store.watch.ChangesEvent;
import dev.rollcall.store.watch.StateCursor;
import dev.rollcall.store.watch.StateEvent;
import dev.rollcall.store.watch.WatchScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
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
    var changes =
        away.hub.watchChanges(
            new WatchScope.Service(HandCluster.SERVICE),
            Filter.parse(""),
            false,
            3,
            wakeUps::incrementAndGet);
    var heard = new ArrayList<Long>();
    take(changes, heard);
    var ofTheFuture =
        away.hub.watchChanges(
            new WatchScope.Service(HandCluster.SERVICE), Filter.parse(""), false, 20, () -> {});
    assertThat(ofTheFuture.next()).isInstanceOf(ChangesEvent.Idle.class);

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
    take(changes, heard);
    assertThat(heard).isEqualTo(LongStream.rangeClosed(3, 36).boxed().toList());
    heard.clear();
    take(ofTheFuture, heard);
    assertThat(heard).isEqualTo(LongStream.rangeClosed(20, 36).boxed().toList());

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

  /** Takes what there is. */
  private static void take(ChangesCursor cursor, List<Long> revisions) {
    while (true) {
      switch (cursor.next()) {
        case ChangesEvent.Changed changed -> revisions.add(changed.revision().revision());
        case ChangesEvent.NeedsLog needs -> cursor.readLog();
        case ChangesEvent.Idle idle -> {
          return;
        }
        case ChangesEvent.Lost lost -> throw new AssertionError("nothing is compacted");
      }
    }
  }

  private static StateEvent.Snapshot next(StateCursor watch) {
    return (StateEvent.Snapshot) watch.next();
  }
}
