package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.key;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.store.ChangeLogRetention;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The leader has the change log dropped that is no longer kept, on all nodes alike. */
class ChangeLogCompactorTest {
  private static final long AGE_MILLIS = 3_000;

  @Test
  void dropsWhatIsOldAndBeyondTheNumberOnEveryNode() {
    var cluster = cluster(new ChangeLogRetention(AGE_MILLIS, 50, 1 << 20));
    var leader = cluster.elect();
    write(cluster, leader, 200);
    assertThat(leader.store.status().compactRevision()).as("too young").isEqualTo(1);

    cluster.run(Duration.ofMillis(AGE_MILLIS + 500));
    for (var node : List.of(leader, cluster.followerNow())) {
      assertThat(node.store.status().compactRevision()).isEqualTo(128);
      assertThat(node.store.status().revision()).isEqualTo(200);
    }
    assertThat(leader.store.status().digest())
        .isEqualTo(cluster.followerNow().store.status().digest());
  }

  @Test
  void proposesWhatIsToGoOnceAndOnlyWhileItLeads() {
    var cluster = cluster(new ChangeLogRetention(AGE_MILLIS, 50, 1 << 20));
    var leader = cluster.elect();
    write(cluster, leader, 200);
    var proposed = new ArrayList<Command>();
    var settled = new ArrayList<Runnable>();
    var compactor =
        new ChangeLogCompactor(
            leader.store,
            new ChangeLogRetention(0, 50, 1 << 20),
            (term, command, whenSettled) -> {
              proposed.add(command);
              settled.add(whenSettled);
            },
            leader.clock);
    leader.clock.pass(Duration.ofMillis(1));

    compactor.leadershipConfirmed();
    assertThat(proposed).as("idle").isEmpty();
    compactor.leadershipStarted(5);
    compactor.leadershipConfirmed();
    compactor.leadershipConfirmed();
    assertThat(proposed).containsExactly(new Command.CompactChanges(128));

    compactor.leadershipEnded();
    compactor.leadershipStarted(6);
    compactor.leadershipConfirmed();
    assertThat(proposed).hasSize(2);
    settled.getFirst().run();
    compactor.leadershipConfirmed();
    assertThat(proposed).as("that was of another term").hasSize(2);
    settled.getLast().run();
    compactor.leadershipConfirmed();
    assertThat(proposed).as("refused: once more").hasSize(3);
    settled.getLast().run();
    done(cluster, leader, Requests.register("i-2").command());
    cluster.run(Duration.ofMillis(AGE_MILLIS + 500));
    compactor.leadershipConfirmed();
    assertThat(proposed).as("nothing more is to go").hasSize(3);
  }

  @Test
  void dropsWhatIsBeyondTheBytesHoweverYoung() {
    var cluster = cluster(new ChangeLogRetention(3_600_000, 1_000_000, 10_000));
    var leader = cluster.elect();
    write(cluster, leader, 200);

    cluster.run(Duration.ofMillis(500));
    assertThat(leader.store.changeLogBytes()).isLessThanOrEqualTo(10_000);
    assertThat(leader.store.status().compactRevision()).isGreaterThan(100);
  }

  @Test
  void aNewLeaderGoesOn() {
    var cluster = cluster(new ChangeLogRetention(AGE_MILLIS, 50, 1 << 20));
    var old = cluster.elect();
    write(cluster, old, 100);
    cluster.isolate(old);
    var now = cluster.electOtherThan(old);
    cluster.run(Duration.ofMillis(AGE_MILLIS + 500));

    assertThat(now.store.status().compactRevision()).as("whole segments only").isEqualTo(1);
    write(cluster, now, 100);
    cluster.run(Duration.ofMillis(AGE_MILLIS + 500));
    assertThat(now.store.status().compactRevision()).isEqualTo(128);
    assertThat(old.store.status().compactRevision()).as("no quorum").isEqualTo(1);
    cluster.heal();
    cluster.runUntil(() -> old.store.status().compactRevision() == 128);
  }

  private static HandCluster cluster(ChangeLogRetention retention) {
    return new HandCluster(
        3, 7, ReplicationLimits.DEFAULT.withChangeLog(retention), RaftConfig.DEFAULT);
  }

  /** So many revisions. */
  private static void write(HandCluster cluster, HandNode node, int revisions) {
    int first = 0;
    if (node.store.instance(key("i-1")).isEmpty()) {
      var register = (Command.Register) Requests.register("i-1").command();
      var longLived = new Command.Keeper.NewLease(3_600_000);
      done(cluster, node, new Command.Register(register.instances(), longLived));
      first = 1;
    }
    for (int i = first; i < revisions; i++) {
      int weight = 1 + (int) (node.store.status().revision() % 1_000);
      done(
          cluster,
          node,
          new Command.Update(
              key("i-1"),
              0,
              0,
              Optional.empty(),
              OptionalInt.of(weight),
              Optional.empty(),
              Optional.empty()));
    }
  }

  private static void done(HandCluster cluster, HandNode node, Command command) {
    var heard = submit(node, Request.of(command));
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).isNotInstanceOf(Outcome.InstanceNotFound.class);
  }
}
