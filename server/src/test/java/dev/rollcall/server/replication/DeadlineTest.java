package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.key;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Deadlines by the replicated clock, in a cluster that nobody writes to. */
class DeadlineTest {
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final HandCluster cluster = new HandCluster(3, 11);

  @Test
  void aDrainEndsOnEveryNodeThoughNobodyWrites() {
    var leader = cluster.elect();
    kept(leader);
    done(cluster.followerNow(), drain());
    cluster.run(GRACE.minusMillis(200));
    assertThat(lifecycle(leader)).isEqualTo(Lifecycle.DRAINING);

    cluster.run(Duration.ofMillis(500));
    assertThat(lifecycle(leader)).isEqualTo(Lifecycle.TERMINATING);
    assertThat(lifecycle(cluster.followerNow())).isEqualTo(Lifecycle.TERMINATING);
  }

  @Test
  void isProposedOnceAndNotForWhatIsFarAway() {
    var leader = cluster.elect();
    kept(leader);
    done(leader, drain());
    long before = applied(leader);
    cluster.run(GRACE.minusMillis(500));
    assertThat(applied(leader)).isEqualTo(before);

    cluster.run(Duration.ofSeconds(2));
    assertThat(applied(leader)).isEqualTo(before + 1);
  }

  @Test
  void anOverrideEndsUnderANewLeader() {
    var old = cluster.elect();
    kept(old);
    done(old, override());
    cluster.isolate(old);
    var now = cluster.electOtherThan(old);
    assertThat(status(now)).isEqualTo(Status.DOWN);
    cluster.run(GRACE);

    assertThat(status(now)).isEqualTo(Status.UP);
    assertThat(status(old)).as("no quorum, no news").isEqualTo(Status.DOWN);
    cluster.heal();
    cluster.runUntil(() -> status(old) == Status.UP);
  }

  private void kept(HandNode node) {
    var instance = Requests.register("i-1").command();
    var register = (Command.Register) instance;
    var longLived = new Command.Keeper.NewLease(3_600_000);
    done(node, Request.of(new Command.Register(register.instances(), longLived)));
  }

  private static Request drain() {
    return Request.of(
        new Command.SetLifecycle(key("i-1"), 0, Lifecycle.DRAINING, GRACE.toMillis()));
  }

  private static Request override() {
    return Request.of(
        new Command.SetOverride(key("i-1"), Status.DOWN, "ops", "", GRACE.toMillis()));
  }

  private static Lifecycle lifecycle(HandNode node) {
    return node.store.instance(key("i-1")).orElseThrow().standing().lifecycle();
  }

  private static Status status(HandNode node) {
    return node.store.instance(key("i-1")).orElseThrow().effectiveStatus();
  }

  private static long applied(HandNode node) {
    return node.store.status().lastApplied();
  }

  private void done(HandNode node, Request request) {
    var heard = submit(node, request);
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).isNotInstanceOf(Outcome.InstanceNotFound.class);
  }
}
