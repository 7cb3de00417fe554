package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.grantLease;
import static dev.rollcall.server.replication.Requests.register;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.store.Command;
import dev.rollcall.store.Features;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Three nodes of a version to come, with whose second feature level came granted leases. */
class FeatureLevelTest {
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final HandCluster cluster =
      new HandCluster(
          3,
          1,
          ReplicationLimits.DEFAULT,
          RaftConfig.DEFAULT,
          new Features(2, command -> command instanceof Command.GrantLease ? 2 : 1));

  @Test
  void aCommandAboveTheLevelDoesNotEvenGetIntoTheLog() {
    var leader = cluster.elect();
    cluster.run(Duration.ofSeconds(1));
    long last = leader.raft().status().lastIndex();
    for (var node : cluster.nodes) {
      var heard = submit(node, grantLease());
      cluster.runUntil(heard::isGiven);
      assertThat(heard.value()).isEqualTo(new Outcome.FeatureLevelTooLow(0, 2, 1));
    }
    assertThat(leader.raft().status().lastIndex()).isEqualTo(last);
  }

  @Test
  void onceRaisedItIsExecutedWhereverItArrives() {
    assertThat(raise(cluster.elect()).value()).isEqualTo(new Outcome.FeatureLevelRaised(0, 2));
    // At once: that this node may not know yet must not matter.
    var heard = submit(cluster.followerNow(), grantLease());
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).isInstanceOf(Outcome.LeaseGranted.class);
  }

  @Test
  void whoDoesNotLeadThatTermCannotRaiseIt() {
    cluster.elect();
    assertThat(raise(cluster.followerNow()).failure()).isEqualTo(Failure.NO_QUORUM);
    assertThatThrownBy(
            () -> submit(cluster.leaderNow(), Request.of(new Command.RaiseFeatureLevel(2))))
        .isInstanceOf(IllegalArgumentException.class);
    var heard = submit(cluster.leaderNow(), register("i-1"));
    cluster.runUntil(heard::isGiven);
    assertThat(cluster.leaderNow().store.status().featureLevel()).isEqualTo(1);
  }

  private Heard<Outcome> raise(HandNode node) {
    var heard = new Heard<Outcome>();
    node.registry.raiseFeatureLevel(
        node.raft().status().term(), 2, node.clock.nanoTime() + WAIT_NANOS, heard);
    cluster.runUntil(heard::isGiven);
    return heard;
  }
}
