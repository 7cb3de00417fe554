package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.TTL;
import static dev.rollcall.server.replication.Requests.lease;
import static dev.rollcall.server.replication.Requests.register;
import static dev.rollcall.server.replication.Requests.renew;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.server.replication.ForwardAnswer.Reason;
import dev.rollcall.server.replication.ForwardAnswer.Refused;
import dev.rollcall.server.replication.ForwardAnswer.Renewed;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
  private static final long TTL_MILLIS = TTL.toMillis();

  private final HandCluster cluster = new HandCluster(3, 3);

  @Test
  void aRenewalIsAnsweredWithTheTtlAndZeroForALeaseThatDoesNotExist() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    for (HandNode node : cluster.nodes) {
      var heard = renew(node, lease, 77L);
      cluster.runUntil(heard::isGiven);
      assertThat(heard.value()).containsExactly(TTL_MILLIS, 0L);
    }
  }

  @Test
  void aSilentInstanceIsRemovedSoonAfterItsTtlAndNotBefore() {
    var leader = cluster.elect();
    lease(cluster, leader, "i-1");
    cluster.run(TTL.minusMillis(100));
    assertThat(leader.has("i-1")).isTrue();

    cluster.run(Duration.ofMillis(600));
    assertThat(cluster.nodes).noneMatch(node -> node.has("i-1"));
  }

  @Test
  void anInstanceThatIsRenewedStays() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    for (int i = 0; i < 20; i++) {
      cluster.run(TTL.dividedBy(3));
      var heard = renew(cluster.nodes.get(i % 3), lease);
      cluster.runUntil(heard::isGiven);
      assertThat(heard.value()).containsExactly(TTL_MILLIS);
    }
    assertThat(leader.has("i-1")).isTrue();
  }

  @Test
  void aRenewalIsNotAnsweredWithoutQuorum() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    cluster.isolate(leader);
    var heard = renew(leader, lease);
    cluster.run(Requests.WAIT.minusMillis(20));
    assertThat(heard.isGiven()).isFalse();

    cluster.run(Duration.ofMillis(80));
    assertThat(heard.failure()).isEqualTo(Failure.NO_QUORUM);
  }

  @Test
  void aRenewalThatTheOldLeaderCannotConfirmIsConfirmedByTheNewOne() {
    var old = cluster.elect();
    long lease = lease(cluster, old, "i-1");
    cluster.isolate(old);
    var heard = renew(old, lease);
    cluster.electOtherThan(old);
    cluster.heal();
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).containsExactly(TTL_MILLIS);
  }

  @Test
  void renewalsOfOneTickReachTheLeaderAsOneRequestAndTheAnswersAreSplit() {
    var leader = cluster.elect();
    long first = lease(cluster, leader, "i-1");
    long second = lease(cluster, leader, "i-2");
    var follower = cluster.followerNow();
    var all = new ArrayList<Heard<List<Long>>>();
    for (int i = 0; i < 100; i++) {
      all.add(renew(follower, i % 2 == 0 ? new Long[] {first, 99L} : new Long[] {second}));
    }
    cluster.run(Duration.ofMillis(100));

    assertThat(cluster.forwarded).hasSize(1);
    for (int i = 0; i < 100; i++) {
      assertThat(all.get(i).value())
          .isEqualTo(i % 2 == 0 ? List.of(TTL_MILLIS, 0L) : List.of(TTL_MILLIS));
    }
  }

  @Test
  void aForwardedRequestCarriesNoMoreThanTenThousandLeases() {
    cluster.elect();
    var follower = cluster.followerNow();
    var seven = LongStream.range(0, 7_000).boxed().toArray(Long[]::new);
    var all = List.of(renew(follower, seven), renew(follower, seven), renew(follower, seven));
    cluster.runUntil(() -> all.stream().allMatch(Heard::isGiven));

    assertThat(cluster.forwarded)
        .extracting(request -> ((Ask.Renew) request.ask()).leaseIds().size())
        .allMatch(size -> size <= KeepAlives.FORWARDED_LEASES_MAX);
    assertThat(all).allSatisfy(heard -> assertThat(heard.value()).hasSize(7_000));
  }

  @Test
  void aForwardedRenewalWhoseAnswerWasLostIsSentAgain() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    var lost = new AtomicInteger(2);
    cluster.linkLoses = message -> message.isAnswer() && lost.getAndDecrement() > 0;
    var heard = renew(cluster.followerNow(), lease);
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).containsExactly(TTL_MILLIS);
    assertThat(cluster.forwarded).hasSize(3);
  }

  @Test
  void aLeaderWithTooMuchToDoIsNotAskedAgainForTheSameRenewal() {
    cluster.elect();
    cluster.forwarding = (request, answer) -> answer.accept(new Refused(Reason.OVERLOADED));
    var heard = renew(cluster.followerNow(), 1L);
    cluster.run(Duration.ofMillis(100));

    assertThat(heard.failure()).isEqualTo(Failure.OVERLOADED);
  }

  @Test
  void anAnswerOfTheWrongSizeIsNoAnswer() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    cluster.forwarding = (request, answer) -> answer.accept(new Renewed(List.of(1L, 2L)));
    var heard = renew(cluster.followerNow(), lease);
    cluster.run(Duration.ofMillis(100));
    assertThat(heard.isGiven()).isFalse();

    cluster.forwarding = null;
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).containsExactly(TTL_MILLIS);
  }

  @Test
  void aRenewalOfAnInstanceWhoseEndIsProposedHearsThatItIsGone() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    silenceUntilItsEndIsProposed(leader);
    var heard = renew(leader, lease);
    cluster.run(Duration.ofMillis(50));
    assertThat(heard.isGiven()).as("waits for what becomes of the end").isFalse();

    cluster.heal();
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).containsExactly(0L);
    assertThat(leader.has("i-1")).isFalse();
  }

  @Test
  void aRegistrationThatTheEndOfItsLeaseOvertakesIsNotToldThatItLives() {
    for (boolean isForwarded : List.of(false, true)) {
      var leader = cluster.elect();
      String id = isForwarded ? "i-forwarded" : "i-1";
      lease(cluster, leader, id);
      cluster.run(TTL.minusMillis(200));
      losesAppends(leader);
      long before = leader.raft().status().lastIndex();
      // Its second attempt: the first answer was lost, say.
      var heard = submit(isForwarded ? cluster.followerNow() : leader, register(id));
      cluster.runUntil(() -> leader.raft().status().lastIndex() == before + 2);
      cluster.heal();
      cluster.runUntil(heard::isGiven);

      assertThat(heard.value()).isInstanceOf(Outcome.StaleIncarnation.class);
      assertThat(leader.has(id)).isFalse();
    }
  }

  @Test
  void aSessionIsToldAgainWhatItWasToldAboutALeaseThatHasEndedSince() {
    var leader = cluster.elect();
    var opened = submit(leader, Requests.openSession());
    cluster.runUntil(opened::isGiven);
    long session = ((Outcome.SessionOpened) opened.value()).sessionId();
    var request =
        new Request(register("i-1").command(), Optional.of(new Request.Repeat(session, 1, 1)));
    var first = submit(leader, request);
    cluster.runUntil(first::isGiven);
    cluster.runUntil(() -> cluster.nodes.stream().noneMatch(node -> node.has("i-1")));

    var again = submit(cluster.followerNow(), request);
    cluster.run(Duration.ofMillis(500));
    assertThat(again.value()).isEqualTo(first.value());
  }

  @Test
  void theEndThatAnOldLeaderProposedDoesNotReachANewOneThatNeverSawIt() {
    var old = cluster.elect();
    long lease = lease(cluster, old, "i-1");
    silenceUntilItsEndIsProposed(old);
    cluster.isolate(old);
    var leader = cluster.electOtherThan(old);
    var heard = renew(leader, lease);
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).containsExactly(TTL_MILLIS);

    cluster.heal();
    cluster.run(TTL.minusMillis(500));
    assertThat(cluster.nodes).allMatch(node -> node.has("i-1"));
  }

  @Test
  void aRenewalThatWaitedAtTheOldLeaderIsAnsweredByTheNewOne() {
    var old = cluster.elect();
    long lease = lease(cluster, old, "i-1");
    silenceUntilItsEndIsProposed(old);
    var heard = renew(old, lease);
    cluster.run(Duration.ofMillis(50));
    cluster.isolate(old);
    cluster.electOtherThan(old);
    cluster.heal();
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).containsExactly(TTL_MILLIS);
  }

  @Test
  void anEndThatANewLeaderInheritsIsAppliedBeforeItAnswersAnybody() {
    var old = cluster.elect();
    long lease = lease(cluster, old, "i-1");
    silenceUntilItsEndIsProposed(old);
    var heir = cluster.followerNow();
    // One follower gets the end into its log, and the old leader never hears of it.
    cluster.allowsAppends(old, heir);
    long end = old.raft().status().lastIndex();
    cluster.runUntil(() -> heir.raft().status().lastIndex() == end);
    cluster.isolate(old);
    assertThat(old.has("i-1")).isTrue();
    var leader = cluster.electOtherThan(old);
    assertThat(leader).isSameAs(heir);
    var heard = renew(leader, lease);
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).containsExactly(0L);
  }

  @Test
  void aChangeOfLeaderGivesEveryInstanceItsFullTtl() {
    var old = cluster.elect();
    lease(cluster, old, "i-1");
    cluster.run(TTL.minusMillis(700));
    cluster.isolate(old);
    var leader = cluster.electOtherThan(old);
    cluster.run(TTL.minusMillis(400));
    assertThat(leader.has("i-1")).isTrue();

    cluster.run(Duration.ofSeconds(1));
    assertThat(leader.has("i-1")).isFalse();
  }

  @Test
  void aJumpOfTheLeadersClockByAMinuteRemovesNobody() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    cluster.run(Duration.ofSeconds(4));
    leader.clock.pass(Duration.ofSeconds(60));
    cluster.run(Duration.ofMillis(200));
    assertThat(cluster.nodes).allMatch(node -> node.has("i-1"));

    var heard = renew(leader, lease);
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).containsExactly(TTL_MILLIS);
  }

  @Test
  void aLeaderThatSleepsForAMinuteRemovesNobodyWhenItWakes() {
    var old = cluster.elect();
    long lease = lease(cluster, old, "i-1");
    cluster.run(Duration.ofSeconds(4));
    old.isTurned = false;
    var leader = cluster.electOtherThan(old);
    for (int second = 0; second < 60; second++) {
      cluster.run(Duration.ofSeconds(1));
      var heard = renew(leader, lease);
      cluster.runUntil(heard::isGiven);
      assertThat(heard.value()).containsExactly(TTL_MILLIS);
    }
    old.isTurned = true;
    cluster.run(Duration.ofSeconds(1));

    assertThat(cluster.nodes).allMatch(node -> node.has("i-1"));
  }

  @Test
  void withoutQuorumNothingExpiresHoweverLong() {
    var leader = cluster.elect();
    lease(cluster, leader, "i-1");
    cluster.run(Duration.ofMillis(300));
    cluster.nodes.forEach(cluster::isolate);
    cluster.run(Duration.ofMinutes(3));
    assertThat(cluster.nodes).allMatch(node -> node.has("i-1"));

    cluster.heal();
    cluster.elect();
    assertThat(cluster.nodes).allMatch(node -> node.has("i-1"));
  }

  @Test
  void aRestartOfTheWholeClusterRemovesNobodyWithinItsTtl() {
    var leader = cluster.elect();
    long lease = lease(cluster, leader, "i-1");
    cluster.run(TTL.minusMillis(500));
    cluster.nodes.forEach(HandNode::restart);
    var next = cluster.elect();
    cluster.run(TTL.minusMillis(500));
    var heard = renew(next, lease);
    cluster.runUntil(heard::isGiven);

    assertThat(heard.value()).containsExactly(TTL_MILLIS);
  }

  @Test
  void withoutAGuardThousandsOfSilentInstancesGoWithinSecondsAndNobodyElse() {
    var cluster =
        new HandCluster(
            3, 3, ReplicationLimits.DEFAULT.withGuard(GuardLimits.NEVER), RaftConfig.DEFAULT);
    var leader = cluster.elect();
    long kept = lease(cluster, leader, "i-kept");
    var registered = new ArrayList<Heard<Outcome>>();
    for (int i = 0; i < 3_000; i++) {
      registered.add(submit(leader, register("i-" + i)));
    }
    cluster.runUntil(() -> registered.stream().allMatch(Heard::isGiven));
    for (int i = 0; i < 4; i++) {
      cluster.run(TTL.dividedBy(3));
      var heard = renew(leader, kept);
      cluster.runUntil(heard::isGiven);
    }

    assertThat(leader.store.status().instances()).isOne();
    assertThat(leader.has("i-kept")).isTrue();
  }

  @Test
  void whenManyFallSilentAtOnceTheyStayAsSuspects() {
    var leader = cluster.elect();
    long kept = lease(cluster, leader, "i-kept");
    var registered = new ArrayList<Heard<Outcome>>();
    for (int i = 0; i < 100; i++) {
      registered.add(submit(leader, register("i-" + i)));
    }
    cluster.runUntil(() -> registered.stream().allMatch(Heard::isGiven));
    for (int i = 0; i < 6; i++) {
      cluster.run(TTL.dividedBy(3));
      var heard = renew(leader, kept);
      cluster.runUntil(heard::isGiven);
    }

    cluster.runUntil(
        () -> cluster.nodes.stream().allMatch(node -> node.store.guardView().suspects() == 100));
    for (HandNode node : cluster.nodes) {
      assertThat(node.store.status().instances()).isEqualTo(101);
      assertThat(node.store.guardView().engaged()).isOne();
    }
    assertThat(leader.registry.leasesLapsed()).isEqualTo(100);

    // They return, by way of another leader.
    cluster.isolate(leader);
    var next = cluster.electOtherThan(leader);
    for (var each : registered) {
      renew(next, ((Outcome.Registered) each.value()).leaseId());
    }
    cluster.runUntil(() -> next.store.guardView().suspects() == 0);
    assertThat(next.store.guardView().engaged()).isOne();
  }

  /**
   * Lets the lease lapse, with the leader's AppendEntries lost: it leads on, and nothing commits.
   */
  private void silenceUntilItsEndIsProposed(HandNode leader) {
    cluster.run(TTL.minusMillis(200));
    losesAppends(leader);
    long before = leader.raft().status().lastIndex();
    cluster.runUntil(() -> leader.raft().status().lastIndex() > before);
  }

  private void losesAppends(HandNode leader) {
    cluster.nodes.stream()
        .filter(node -> node != leader)
        .forEach(node -> cluster.losesAppends(leader, node));
  }
}
