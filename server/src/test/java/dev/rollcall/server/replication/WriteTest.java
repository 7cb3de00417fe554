package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.deregister;
import static dev.rollcall.server.replication.Requests.grantLease;
import static dev.rollcall.server.replication.Requests.openSession;
import static dev.rollcall.server.replication.Requests.register;
import static dev.rollcall.server.replication.Requests.submit;
import static dev.rollcall.server.replication.Requests.weigh;
import static dev.rollcall.server.replication.Requests.weighInSession;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.server.replication.ForwardAnswer.Reason;
import dev.rollcall.server.replication.ForwardAnswer.Refused;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import dev.rollcall.server.replication.HandCluster.Forwarded;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WriteTest {
  private final HandCluster cluster = new HandCluster(3, 1);

  @Test
  void aWriteAtTheLeaderIsAnsweredWithItsOutcome() {
    var leader = cluster.elect();
    var heard = submit(leader, register("i-1"));
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).isInstanceOf(Outcome.Registered.class);
    assertThat(leader.has("i-1")).isTrue();
    assertThat(leader.registry.requestsOpen()).isZero();
  }

  @Test
  void aWriteElsewhereIsForwardedOnce() {
    cluster.elect();
    var heard = submit(cluster.followerNow(), register("i-1"));
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).isInstanceOf(Outcome.Registered.class);
    assertThat(cluster.forwarded).hasSize(1);
  }

  @Test
  void whatTheStateRefusesIsAnOutcomeAndNoFailure() {
    cluster.elect();
    var heard = submit(cluster.followerNow(), weigh("i-none", 1));
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).isInstanceOf(Outcome.InstanceNotFound.class);
  }

  @Test
  void aWriteThatNobodyExecutedFailsWithoutQuorumAtItsDeadline() {
    var alone = cluster.nodes.getFirst();
    cluster.isolate(alone);
    var heard = submit(alone, register("i-1"), Duration.ofSeconds(2));
    cluster.run(Duration.ofMillis(1_990));
    assertThat(heard.isGiven()).isFalse();

    cluster.run(Duration.ofMillis(50));
    assertThat(heard.failure()).isEqualTo(Failure.NO_QUORUM);
    cluster.heal();
    cluster.elect();
    cluster.run(Duration.ofSeconds(5));
    assertThat(cluster.leaderNow().has("i-1")).isFalse();
  }

  @Test
  void aWriteWhoseDeadlineHasPassedIsNotExecuted() {
    var leader = cluster.elect();
    var heard = submit(leader, register("i-1"), Duration.ZERO);
    cluster.run(Duration.ofSeconds(1));

    assertThat(heard.failure()).isEqualTo(Failure.NO_QUORUM);
    assertThat(leader.has("i-1")).isFalse();
  }

  @Test
  void aWriteThatALeaderTookAndCouldNotCommitIsIndeterminateAtItsDeadline() {
    var leader = cluster.elect();
    cluster.isolate(leader);
    var heard = submit(leader, register("i-1"), Duration.ofSeconds(4));
    cluster.run(Duration.ofMillis(3_990));
    assertThat(heard.isGiven()).isFalse();

    cluster.run(Duration.ofMillis(50));
    assertThat(heard.failure()).isEqualTo(Failure.INDETERMINATE);
  }

  @Test
  void aWriteThatWasOverwrittenIsTriedAgainWithTheNewLeader() {
    var old = cluster.elect();
    cluster.isolate(old);
    var heard = submit(old, openSession(), Duration.ofSeconds(20));
    var elsewhere = submit(cluster.electOtherThan(old), register("i-2"));
    cluster.runUntil(elsewhere::isGiven);
    cluster.heal();
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).isInstanceOf(Outcome.SessionOpened.class);
    assertThat(cluster.leaderNow().store.status().sessions()).isOne();
  }

  @Test
  void writesOfALeaderThatWasReplacedAreRepeatedBeforeAnybodyReachesTheirIndex() {
    var old = cluster.elect();
    cluster.isolate(old);
    var heard = new ArrayList<Heard<Outcome>>();
    for (int i = 0; i < 5; i++) {
      heard.add(submit(old, register("i-" + i), Duration.ofSeconds(20)));
    }
    var leader = cluster.electOtherThan(old);
    cluster.heal();
    cluster.run(Duration.ofSeconds(1));

    assertThat(heard)
        .allSatisfy(each -> assertThat(each.value()).isInstanceOf(Outcome.Registered.class));
    assertThat(leader.revision()).isEqualTo(5);
    assertThat(old.registry.requestsHeld()).isZero();
  }

  @Test
  void aWriteThatCameWithoutALeaderGoesToTheFirstOneKnown() {
    var heard = submit(cluster.nodes.getFirst(), register("i-1"));
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).isInstanceOf(Outcome.Registered.class);
  }

  @Test
  void aRegistrationWhoseAnswerWasLostIsRepeatedWithoutASecondEffect() {
    var leader = cluster.elect();
    loseAnswers(2);
    var heard = submit(cluster.followerNow(), register("i-1"), Duration.ofSeconds(10));
    cluster.runUntil(heard::isGiven);

    assertThat(cluster.forwarded).hasSize(3);
    assertThat(heard.value().revision()).isEqualTo(1);
    assertThat(leader.revision()).isEqualTo(1);
    assertThat(leader.store.status().leases()).isOne();
  }

  @Test
  void aDeregistrationWhoseAnswerWasLostIsRepeatedWithoutASecondEffect() {
    var leader = cluster.elect();
    done(leader, register("i-1", 5));
    loseAnswers(1);
    var heard = submit(cluster.followerNow(), deregister("i-1", 5));
    cluster.runUntil(heard::isGiven);

    assertThat(cluster.forwarded).hasSize(2);
    assertThat(heard.value()).isEqualTo(new Outcome.Deregistered(2));
    assertThat(leader.revision()).isEqualTo(2);
  }

  @Test
  void anUpdateInASessionIsRepeatedWithoutASecondEffect() {
    var leader = cluster.elect();
    done(leader, register("i-1"));
    var opened = (Outcome.SessionOpened) done(leader, openSession());
    long before = leader.revision();
    loseAnswers(1);
    var heard = submit(cluster.followerNow(), weighInSession("i-1", 7, opened.sessionId(), 1));
    cluster.runUntil(heard::isGiven);

    assertThat(cluster.forwarded).hasSize(2);
    assertThat(heard.value().revision()).isEqualTo(before + 1);
    assertThat(leader.revision()).isEqualTo(before + 1);
  }

  @Test
  void whatMustNotBeRepeatedIsIndeterminateWhenItsAnswerWasLost() {
    var leader = cluster.elect();
    done(leader, register("i-1"));
    for (Request request :
        List.of(weigh("i-1", 7), openSession(), deregister("i-1", 0), grantLease())) {
      cluster.forwarded.clear();
      loseAnswers(1);
      var heard = submit(cluster.followerNow(), request, Duration.ofSeconds(4));
      cluster.run(Duration.ofMillis(4_050));

      assertThat(heard.failure()).as("%s", request).isEqualTo(Failure.INDETERMINATE);
      assertThat(cluster.forwarded).hasSize(1);
    }
  }

  @Test
  void aLinkThatBreaksEndsWhatMustNotBeRepeatedAtOnceAndTheRestGoesOn() {
    cluster.elect();
    cluster.forwarding = (request, answer) -> answer.accept(new Refused(Reason.INDETERMINATE));
    var session = submit(cluster.followerNow(), openSession());
    var registration = submit(cluster.followerNow(), register("i-1"));
    cluster.run(Duration.ofMillis(50));
    assertThat(session.failure()).isEqualTo(Failure.INDETERMINATE);
    assertThat(registration.isGiven()).isFalse();

    cluster.forwarding = null;
    cluster.runUntil(registration::isGiven);
    assertThat(registration.value()).isInstanceOf(Outcome.Registered.class);
  }

  @Test
  void aRepeatableWriteThatMayHaveBeenExecutedIsIndeterminateAtItsDeadline() {
    cluster.elect();
    cluster.forwarding =
        (request, answer) ->
            answer.accept(
                new Refused(
                    cluster.forwarded.size() == 1 ? Reason.INDETERMINATE : Reason.NOT_LEADER));
    var heard = submit(cluster.followerNow(), register("i-1"), Duration.ofSeconds(2));
    cluster.run(Duration.ofMillis(2_050));

    assertThat(cluster.forwarded).hasSizeGreaterThan(2);
    assertThat(heard.failure()).isEqualTo(Failure.INDETERMINATE);
  }

  @Test
  void overloadedIsNotSaidOfAWriteThatMayHaveBeenExecuted() {
    cluster.elect();
    cluster.forwarding =
        (request, answer) ->
            answer.accept(
                new Refused(
                    cluster.forwarded.size() == 1 ? Reason.INDETERMINATE : Reason.OVERLOADED));
    var heard = submit(cluster.followerNow(), register("i-1"), Duration.ofSeconds(2));
    cluster.run(Duration.ofMillis(2_050));

    assertThat(heard.failure()).isEqualTo(Failure.INDETERMINATE);
  }

  @Test
  void aLeaderWithoutRoomOnItsDiskRefusesRegistrationsAndNothingElse() {
    var leader = cluster.elect();
    var before = submit(leader, register("i-1", 7));
    cluster.runUntil(before::isGiven);
    leader.registry.diskIsLow(true);
    var here = submit(leader, register("i-2"));
    var elsewhere = submit(cluster.followerNow(), register("i-3"));
    var lease = submit(leader, grantLease());
    var update = submit(cluster.followerNow(), weigh("i-1", 2));
    cluster.runUntil(() -> elsewhere.isGiven() && lease.isGiven() && update.isGiven());
    var removal = submit(leader, deregister("i-1", 7));
    cluster.runUntil(removal::isGiven);

    assertThat(here.failure()).isEqualTo(Failure.DISK_LOW);
    assertThat(elsewhere.failure()).isEqualTo(Failure.DISK_LOW);
    assertThat(lease.failure()).isEqualTo(Failure.DISK_LOW);
    assertThat(update.value()).isInstanceOf(Outcome.Updated.class);
    assertThat(removal.value()).isInstanceOf(Outcome.Deregistered.class);

    leader.registry.diskIsLow(false);
    var after = submit(cluster.followerNow(), register("i-2"));
    cluster.runUntil(after::isGiven);
    assertThat(after.value()).isInstanceOf(Outcome.Registered.class);
  }

  @Test
  void aFollowerWithoutRoomOnItsDiskForwardsAsEver() {
    cluster.elect();
    cluster.followerNow().registry.diskIsLow(true);
    var heard = submit(cluster.followerNow(), register("i-1"));
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).isInstanceOf(Outcome.Registered.class);
  }

  @Test
  void refusalsOfANodeThatDoesNotLeadLeaveTheWriteUnexecuted() {
    cluster.elect();
    cluster.forwarding = (request, answer) -> answer.accept(new Refused(Reason.NOT_LEADER));
    var heard = submit(cluster.followerNow(), openSession(), Duration.ofSeconds(2));
    cluster.run(Duration.ofMillis(2_050));

    assertThat(heard.failure()).isEqualTo(Failure.NO_QUORUM);
    // Pauses double up to 160 ms: no storm against a node that does not lead.
    assertThat(cluster.forwarded).hasSizeBetween(5, 20);
  }

  @Test
  void aFullLeaderAnswersOverloadedAtOnceWhereverTheWriteCameIn() {
    var flow = new RaftConfig.Flow(1 << 20, 8, 2_000, 4 << 20, 32L << 20);
    var small = RaftConfig.DEFAULT.with(flow);
    var crowded = new HandCluster(3, 1, ReplicationLimits.DEFAULT, small);
    var leader = crowded.elect();
    var follower = crowded.followerNow();
    // The others get nothing from the leader, which hears that they still follow.
    crowded.nodes.stream().filter(n -> n != leader).forEach(n -> crowded.losesAppends(leader, n));
    var heard = new ArrayList<Heard<Outcome>>();
    for (int i = 0; i < 30; i++) {
      heard.add(submit(i % 2 == 0 ? leader : follower, register("i-" + i)));
    }
    crowded.run(Duration.ofMillis(100));

    assertThat(heard).filteredOn(Heard::isGiven).hasSizeBetween(5, 29);
    assertThat(heard)
        .filteredOn(Heard::isGiven)
        .allSatisfy(each -> assertThat(each.failure()).isEqualTo(Failure.OVERLOADED));
  }

  @Test
  void aRemovalPassesWhenThereIsNoRoomForAnythingElse() {
    var limits = new ReplicationLimits(2, 1 << 20, Duration.ofSeconds(1), 4);
    var small = new HandCluster(3, 1, limits, RaftConfig.DEFAULT);
    var node = small.nodes.getFirst();
    submit(node, register("i-1"));
    submit(node, register("i-2"));

    assertThat(submit(node, register("i-3")).failure()).isEqualTo(Failure.OVERLOADED);
    assertThat(submit(node, deregister("i-1", 1)).isGiven()).isFalse();
    // What is reserved is bounded, too.
    assertThat(submit(node, deregister("i-2", 1)).failure()).isEqualTo(Failure.OVERLOADED);
  }

  @Test
  void aNodeTakesNoMoreRequestsThanItsLimit() {
    var limits = new ReplicationLimits(2, 1 << 20, Duration.ofSeconds(1), 4);
    var small = new HandCluster(3, 1, limits, RaftConfig.DEFAULT);
    var node = small.nodes.getFirst();
    var first = submit(node, register("i-1"));
    var second = submit(node, register("i-2"));
    var third = submit(node, register("i-3"));
    assertThat(third.failure()).isEqualTo(Failure.OVERLOADED);

    small.runUntil(() -> first.isGiven() && second.isGiven());
    assertThat(done(small, node, register("i-4"))).isInstanceOf(Outcome.Registered.class);
  }

  @Test
  void aForwardedRequestIsNotForwardedAgain() {
    cluster.elect();
    var follower = cluster.followerNow();
    var answers = new ArrayList<ForwardAnswer>();
    follower.registry.onForwarded(forwardedNow(register("i-1")), answers::add);
    follower.registry.onForwarded(
        new ForwardRequest(2, 5_000, new Ask.Renew(List.of(1L))), answers::add);
    cluster.run(Duration.ofSeconds(1));

    assertThat(answers)
        .containsExactly(new Refused(Reason.NOT_LEADER), new Refused(Reason.NOT_LEADER));
    assertThat(cluster.forwarded).isEmpty();
  }

  @Test
  void aForwardedRequestWhoseWaitIsOverIsIndeterminate() {
    var leader = cluster.elect();
    cluster.isolate(leader);
    var answers = new ArrayList<ForwardAnswer>();
    leader.registry.onForwarded(
        new ForwardRequest(1, 500, forwardedNow(register("i-1")).ask()), answers::add);
    cluster.run(Duration.ofMillis(550));

    assertThat(answers).containsExactly(new Refused(Reason.INDETERMINATE));
  }

  @Test
  void leasesAreExpiredByNobodysRequest() {
    var leader = cluster.elect();
    var expire = Request.of(new Command.ExpireLeases(List.of(1L)));
    assertThatThrownBy(() -> submit(leader, expire)).isInstanceOf(IllegalArgumentException.class);

    var answers = new ArrayList<ForwardAnswer>();
    leader.registry.onForwarded(forwardedNow(expire), answers::add);
    assertThat(answers).containsExactly(new Refused(Reason.NOT_LEADER));
  }

  @Test
  void whatThisVersionCannotReadIsNotPutIntoTheLog() {
    var leader = cluster.elect();
    var answers = new ArrayList<ForwardAnswer>();
    var later = new Ask.Execute(Payload.wrap(new byte[] {(byte) 0xff, 1, 2}));
    leader.registry.onForwarded(new ForwardRequest(1, 5_000, later), answers::add);
    cluster.run(Duration.ofSeconds(1));

    assertThat(answers).containsExactly(new Refused(Reason.NOT_LEADER));
  }

  @Test
  void aLongTimeWithoutALeaderCollectsNothing() {
    var alone = cluster.nodes.getFirst();
    cluster.isolate(alone);
    for (int i = 0; i < 50; i++) {
      submit(alone, register("i-" + i), Duration.ofMillis(100));
      Requests.read(alone, new Consistency.Linearizable(), Duration.ofMillis(100));
      Requests.read(alone, new Consistency.MinRevision(9), Duration.ofMillis(100));
      Requests.renew(alone, 1L);
    }
    cluster.run(Duration.ofSeconds(6));

    assertThat(alone.registry.requestsOpen()).isZero();
    assertThat(alone.registry.requestsHeld()).isZero();
  }

  @Test
  void aNodeThatStopsAnswersEverythingThatWaits() {
    var leader = cluster.elect();
    cluster.isolate(leader);
    var inFlight = submit(leader, register("i-1"));
    leader.registry.close();
    assertThat(inFlight.failure()).isEqualTo(Failure.INDETERMINATE);
    assertThat(submit(leader, register("i-2")).failure()).isEqualTo(Failure.NOT_READY);
  }

  private static ForwardRequest forwardedNow(Request request) {
    return new ForwardRequest(
        1, 5_000, new Ask.Execute(Payload.wrap(CommandCodec.encode(request))));
  }

  private void loseAnswers(int count) {
    var left = new AtomicInteger(count);
    cluster.linkLoses = (Forwarded message) -> message.isAnswer() && left.getAndDecrement() > 0;
  }

  private Outcome done(HandNode node, Request request) {
    return done(cluster, node, request);
  }

  private static Outcome done(HandCluster cluster, HandNode node, Request request) {
    var heard = submit(node, request);
    cluster.runUntil(heard::isGiven);
    return heard.value();
  }
}
