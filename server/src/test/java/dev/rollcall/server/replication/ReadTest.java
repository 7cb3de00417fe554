package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.WAIT;
import static dev.rollcall.server.replication.Requests.read;
import static dev.rollcall.server.replication.Requests.register;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.replication.Consistency.Any;
import dev.rollcall.server.replication.Consistency.Linearizable;
import dev.rollcall.server.replication.Consistency.MaxLag;
import dev.rollcall.server.replication.Consistency.MinRevision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ReadTest {
  private final HandCluster cluster = new HandCluster(3, 2);

  private static LinearizableRead together(HandNode node, Heard<ReadPoint> heard, Duration wait) {
    return new LinearizableRead(node.clock.in(wait), heard);
  }

  /** Gives the tasks with their answers. */
  private static Queue<Runnable> readTogether(HandNode node, LinearizableRead... reads) {
    var answers = new ArrayDeque<Runnable>();
    node.registry.readTogether(List.of(reads), answers::add);
    return answers;
  }

  @Test
  void aLinearizableReadSeesEveryAcknowledgedWriteOnEveryNode() {
    var leader = cluster.elect();
    for (int i = 1; i <= 20; i++) {
      var written = submit(leader, register("i-" + i));
      cluster.runUntil(written::isGiven);
      for (HandNode node : cluster.nodes) {
        var heard = read(node, new Linearizable(), WAIT);
        cluster.runUntil(heard::isGiven);
        assertThat(heard.value()).isEqualTo(new ReadPoint(i, 0));
        assertThat(node.has("i-" + i)).isTrue();
      }
    }
  }

  @Test
  void aReadThatCameWithoutALeaderIsAnsweredByTheFirstOne() {
    var heard = read(cluster.nodes.getFirst(), new Linearizable(), WAIT);
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value().lagMillis()).isZero();
  }

  @Test
  void readsThatAskTogetherAreAnsweredInOneTaskOfTheirExecutor() {
    var leader = cluster.elect();
    var follower = cluster.followerNow();
    var written = submit(leader, register("i-1"));
    cluster.runUntil(written::isGiven);
    for (HandNode node : List.of(leader, follower)) {
      var first = new Heard<ReadPoint>();
      var second = new Heard<ReadPoint>();
      var answers = readTogether(node, together(node, first, WAIT), together(node, second, WAIT));
      cluster.runUntil(() -> !answers.isEmpty());
      assertThat(first.isGiven() || second.isGiven()).isFalse();

      answers.remove().run();
      assertThat(first.value()).isEqualTo(new ReadPoint(1, 0));
      assertThat(second.value()).isEqualTo(new ReadPoint(1, 0));
      cluster.run(Duration.ofSeconds(1));
      assertThat(answers).isEmpty();
    }
  }

  @Test
  void eachOfThoseThatAskTogetherHasADeadlineOfItsOwnAndTriesAgain() {
    var leader = cluster.elect();
    cluster.isolate(leader);
    var impatient = new Heard<ReadPoint>();
    var patient = new Heard<ReadPoint>();
    var answers =
        readTogether(
            leader,
            together(leader, impatient, Duration.ofSeconds(3)),
            together(leader, patient, Duration.ofSeconds(30)));
    cluster.run(Duration.ofSeconds(4));
    assertThat(impatient.failure()).isEqualTo(Failure.NO_QUORUM);
    assertThat(patient.isGiven()).isFalse();

    cluster.heal();
    cluster.runUntil(() -> !answers.isEmpty());
    answers.remove().run();
    assertThat(patient.value().lagMillis()).isZero();
    assertThat(answers).isEmpty();
  }

  @Test
  void withoutQuorumTheDefaultReadFailsByItsDeadlineAndNamesTheOtherLevels() {
    var leader = cluster.elect();
    var follower = cluster.followerNow();
    cluster.isolate(leader);
    cluster.isolate(follower);
    var atLeader = read(leader, new Linearizable(), Duration.ofSeconds(3));
    var atFollower = read(follower, new Linearizable(), Duration.ofSeconds(3));
    cluster.run(Duration.ofMillis(2_990));
    assertThat(atLeader.isGiven() || atFollower.isGiven()).isFalse();

    cluster.run(Duration.ofMillis(50));
    for (var heard : List.of(atLeader, atFollower)) {
      assertThat(heard.failure()).isEqualTo(Failure.NO_QUORUM);
      assertThat(heard.message()).contains("min_revision", "max_lag", "any");
    }
  }

  @Test
  void anyIsAnsweredAtOnceAlsoWithoutQuorum() {
    var leader = cluster.elect();
    var written = submit(leader, register("i-1"));
    cluster.runUntil(written::isGiven);
    cluster.isolate(leader);
    cluster.run(Duration.ofSeconds(10));

    var heard = read(leader, new Any(), WAIT);
    assertThat(heard.value().revision()).isEqualTo(1);
    assertThat(heard.value().lagMillis()).isBetween(10_000L, 11_000L);
  }

  @Test
  void aNodeThatNeverHeardOfALeaderSaysThatItsLagIsUnknown() {
    var node = cluster.nodes.getFirst();
    cluster.isolate(node);
    cluster.run(Duration.ofSeconds(5));

    var any = read(node, new Any(), WAIT);
    assertThat(any.value()).isEqualTo(new ReadPoint(0, ReadPoint.LAG_UNKNOWN_MILLIS));
    var fresh = read(node, new MaxLag(60_000), WAIT);
    cluster.run(Duration.ofSeconds(6));
    assertThat(fresh.failure()).isEqualTo(Failure.TOO_FAR_BEHIND);
    assertThat(fresh.message()).contains("not heard");
  }

  @Test
  void aRestartedNodeServesNoReadBeforeItHasReplayedItsLog() {
    var leader = cluster.elect();
    var written = submit(leader, register("i-1"));
    cluster.runUntil(written::isGiven);
    // The commit index is recorded within half a second.
    cluster.run(Duration.ofSeconds(1));
    cluster.isolate(leader);
    leader.restart();
    assertThat(read(leader, new Any(), WAIT).failure()).isEqualTo(Failure.NOT_READY);
    assertThat(read(leader, new MaxLag(1), WAIT).failure()).isEqualTo(Failure.NOT_READY);
    assertThat(read(leader, new MinRevision(0), WAIT).failure()).isEqualTo(Failure.NOT_READY);

    cluster.run(Duration.ofMillis(100));
    assertThat(read(leader, new Any(), WAIT).value().revision()).isEqualTo(1);
    assertThat(leader.has("i-1")).isTrue();
  }

  @Test
  void minRevisionWaitsUntilTheRevisionIsHere() {
    var leader = cluster.elect();
    var follower = cluster.followerNow();
    var heard = read(follower, new MinRevision(2), WAIT);
    var one = submit(leader, register("i-1"));
    cluster.runUntil(one::isGiven);
    cluster.run(Duration.ofMillis(300));
    assertThat(heard.isGiven()).isFalse();

    submit(leader, register("i-2"));
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value().revision()).isEqualTo(2);
    assertThat(read(follower, new MinRevision(2), WAIT).isGiven()).isTrue();
  }

  @Test
  void aRevisionThatDoesNotComeIsTooFarAtTheDeadline() {
    cluster.elect();
    var node = cluster.followerNow();
    var heard = read(node, new MinRevision(5), Duration.ofSeconds(1));
    cluster.run(Duration.ofMillis(1_050));

    assertThat(heard.failure()).isEqualTo(Failure.TOO_FAR_BEHIND);
    assertThat(heard.message()).contains("revision 5");
    assertThat(node.registry.requestsOpen()).isZero();
  }

  @Test
  void maxLagIsAnsweredAtOnceWhileTheNodeIsFreshEnough() {
    cluster.elect();
    var follower = cluster.followerNow();
    cluster.run(Duration.ofSeconds(2));
    cluster.isolate(follower);

    assertThat(read(follower, new MaxLag(2_000), WAIT).value().lagMillis()).isLessThan(1_000);
  }

  @Test
  void maxLagAsksTheLeaderWhenTheNodeLooksTooOld() {
    cluster.elect();
    cluster.run(Duration.ofSeconds(2));
    for (HandNode node : cluster.nodes) {
      var heard = read(node, new MaxLag(0), WAIT);
      cluster.runUntil(heard::isGiven);
      assertThat(heard.value().lagMillis()).isZero();
    }
  }

  @Test
  void maxLagFailsWhenTheNodeIsCutOff() {
    cluster.elect();
    var follower = cluster.followerNow();
    cluster.isolate(follower);
    cluster.run(Duration.ofSeconds(5));
    var heard = read(follower, new MaxLag(1_000), WAIT);
    cluster.run(Duration.ofMillis(100));

    assertThat(heard.failure()).isEqualTo(Failure.TOO_FAR_BEHIND);
    assertThat(heard.message()).contains("behind", "1000 ms");
  }
}
