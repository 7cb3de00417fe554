package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LeaseExpirerTest {
  private static final Duration HEARTBEAT = Duration.ofMillis(100);
  private static final long TERM = 7;

  private final HandClock clock = new HandClock();
  private final LeaseTable leases = new LeaseTable();
  private final List<Proposed> proposed = new ArrayList<>();
  private final LeaseExpirer expirer =
      LeaseExpirer.unguarded(
          leases,
          (term, ids, settled) -> proposed.add(new Proposed(term, ids, settled)),
          clock,
          /* batchesMax= */ 2);

  private record Proposed(long term, List<Long> ids, Runnable settled) {}

  @Test
  void aSilentLeaseIsProposedOnceItsTtlHasPassed() {
    hold(1, 5_000);
    lead();

    confirmFor(Duration.ofSeconds(5));
    assertThat(proposed).isEmpty();

    confirmFor(Duration.ofMillis(200));
    assertThat(proposed).extracting(Proposed::ids).containsExactly(List.of(1L));
    assertThat(proposed).extracting(Proposed::term).containsExactly(TERM);
  }

  @Test
  void aProposedLeaseIsNotProposedAgainWhileItsFateIsOpen() {
    hold(1, 1_000);
    lead();
    confirmFor(Duration.ofSeconds(10));

    assertThat(proposed).hasSize(1);
  }

  @Test
  void aRenewedLeaseIsNotProposed() {
    hold(1, 1_000);
    lead();
    for (int i = 0; i < 100; i++) {
      confirmFor(Duration.ofMillis(900));
      assertThat(renew(1).ttlMillis).containsExactly(1_000L);
    }
    assertThat(proposed).isEmpty();

    confirmFor(Duration.ofMillis(1_200));
    assertThat(proposed).hasSize(1);
  }

  @Test
  void aNewLeaderGivesEveryLeaseItsFullTtl() {
    hold(1, 5_000);
    lead();
    confirmFor(Duration.ofMillis(4_900));
    expirer.leadershipEnded();
    expirer.leadershipStarted(TERM + 2);

    confirmFor(Duration.ofSeconds(5));
    assertThat(proposed).isEmpty();

    confirmFor(Duration.ofMillis(200));
    assertThat(proposed).extracting(Proposed::term).containsExactly(TERM + 2);
  }

  @Test
  void aLeaseMadeLaterLivesFromThenOn() {
    lead();
    confirmFor(Duration.ofMillis(950));
    clock.pass(Duration.ofMillis(90));
    hold(1, 1_000);
    expirer.applied(List.of(1L), List.of());

    confirmFor(Duration.ofSeconds(1));
    assertThat(proposed).isEmpty();

    confirmFor(Duration.ofMillis(200));
    assertThat(proposed).hasSize(1);
  }

  @Test
  void aLeaseMadeAndEndedInOneRangeIsNotWatched() {
    lead();
    expirer.applied(List.of(1L), List.of(1L));

    assertThat(expirer.size()).isZero();
  }

  @Test
  void aPauseOfTheLeaderRemovesNobody() {
    hold(1, 1_000);
    lead();
    confirmFor(Duration.ofMillis(700));
    clock.pass(Duration.ofSeconds(60));
    expirer.leadershipConfirmed();

    assertThat(proposed).isEmpty();
    assertThat(renew(1).ttlMillis).containsExactly(1_000L);
  }

  @Test
  void withoutConfirmationNothingExpires() {
    hold(1, 1_000);
    lead();
    clock.pass(Duration.ofHours(1));
    renew(2);

    assertThat(proposed).isEmpty();
  }

  @Test
  void onANodeThatDoesNotLeadNothingExpiresAndNothingIsRenewed() {
    hold(1, 1_000);
    expirer.applied(List.of(1L), List.of());
    expirer.leadershipConfirmed();
    clock.pass(Duration.ofHours(1));
    expirer.leadershipConfirmed();

    assertThat(proposed).isEmpty();
    assertThat(renew(1).notLeading).isEqualTo(1);
  }

  @Test
  void aLeaseThatDoesNotExistIsAnsweredWithZero() {
    hold(1, 1_000);
    lead();

    assertThat(renew(2, 1, 3).ttlMillis).containsExactly(0L, 1_000L, 0L);
    assertThat(renew().ttlMillis).isEmpty();
  }

  @Test
  void aRenewalOfAnExpiringLeaseWaitsAndHearsThatItIsGone() {
    hold(1, 1_000);
    hold(2, 60_000);
    lead();
    confirmFor(Duration.ofMillis(1_200));
    var answer = renew(1, 2);
    confirmFor(Duration.ofSeconds(5));
    assertThat(answer.isGiven()).isFalse();

    leases.remove(1);
    expirer.applied(List.of(), List.of(1L));
    proposed.getFirst().settled.run();

    assertThat(answer.ttlMillis).containsExactly(0L, 60_000L);
    assertThat(expirer.size()).isOne();
  }

  @Test
  void aRenewalOfAnExpiringLeaseCountsOnceItsEndCertainlyNeverComes() {
    hold(1, 1_000);
    lead();
    confirmFor(Duration.ofMillis(1_200));
    var first = renew(1);
    var second = renew(1);
    proposed.getFirst().settled.run();

    assertThat(first.ttlMillis).containsExactly(1_000L);
    assertThat(second.ttlMillis).containsExactly(1_000L);
    confirmFor(Duration.ofSeconds(1));
    assertThat(proposed).hasSize(1);
    confirmFor(Duration.ofMillis(200));
    assertThat(proposed).hasSize(2);
  }

  @Test
  void aSilentLeaseWhoseEndWasRefusedIsProposedAgainAtTheNextConfirmation() {
    hold(1, 1_000);
    lead();
    confirmFor(Duration.ofMillis(1_200));
    proposed.getFirst().settled.run();
    assertThat(proposed).hasSize(1);

    expirer.leadershipConfirmed();
    assertThat(proposed).extracting(Proposed::ids).containsExactly(List.of(1L), List.of(1L));
  }

  @Test
  void renewalsThatWaitAreSentElsewhereWhenLeadershipEnds() {
    hold(1, 1_000);
    hold(2, 1_000);
    lead();
    confirmFor(Duration.ofMillis(1_200));
    var answer = renew(1, 2);
    expirer.leadershipEnded();

    assertThat(answer.notLeading).isEqualTo(1);
    assertThat(answer.ttlMillis).isNull();
  }

  @Test
  void whatBecomesOfAnOldTermsProposalIsIgnored() {
    hold(1, 1_000);
    lead();
    confirmFor(Duration.ofMillis(1_200));
    expirer.leadershipEnded();
    expirer.leadershipStarted(TERM + 1);
    proposed.getFirst().settled.run();
    confirmFor(Duration.ofSeconds(1));

    assertThat(proposed).hasSize(1);
  }

  @Test
  void aLapsedLeaseThatWaitsForItsTurnCanStillBeRenewed() {
    LongStream.rangeClosed(1, 1_500).forEach(id -> hold(id, 1_000));
    lead();
    confirmFor(Duration.ofMillis(1_200));
    // Two batches of 500 are under way; the last 500 leases have lapsed and wait.
    assertThat(proposed).hasSize(2);
    assertThat(renew(1_500).ttlMillis).containsExactly(1_000L);

    settleAsApplied(proposed.get(0));
    assertThat(proposed).hasSize(3);
    assertThat(proposed.get(2).ids).hasSize(499).doesNotContain(1_500L);
  }

  @Test
  void aCommandEndsAtMostFiveHundredLeases() {
    LongStream.rangeClosed(1, 1_100).forEach(id -> hold(id, 1_000));
    lead();
    confirmFor(Duration.ofMillis(1_200));
    settleAsApplied(proposed.get(0));

    assertThat(proposed).extracting(batch -> batch.ids.size()).containsExactly(500, 500, 100);
  }

  @Test
  void aCommandThatEndsManyInstancesEndsFewLeases() {
    LongStream.rangeClosed(1, 5).forEach(id -> hold(id, 1_000, 600));
    lead();
    confirmFor(Duration.ofMillis(1_200));

    assertThat(proposed)
        .extracting(Proposed::ids)
        .containsExactly(List.of(1L, 2L), List.of(3L, 4L));
  }

  @Test
  void aCommandThatEndsManyKeysOrLargeOnesEndsFewLeases() {
    LongStream.rangeClosed(1, 5).forEach(id -> hold(id, 1_000));
    for (int i = 0; i < 600; i++) {
      giveKey(1, "a" + i, ByteString.EMPTY);
      giveKey(2, "b" + i, ByteString.EMPTY);
    }
    for (int i = 0; i < 8; i++) {
      giveKey(3, "c" + i, ByteString.copyFrom(new byte[512 << 10]));
    }
    lead();
    confirmFor(Duration.ofMillis(1_200));
    settleAsApplied(proposed.getFirst());

    assertThat(proposed)
        .extracting(Proposed::ids)
        .containsExactly(List.of(1L, 2L), List.of(3L), List.of(4L, 5L));
  }

  private void giveKey(long leaseId, String key, ByteString value) {
    leases.attach(new KeyEntry("default", key, value, 1, 1, 1, leaseId));
  }

  @Test
  void aLeaseThatEndsWhileItWaitsForItsTurnIsNotProposed() {
    LongStream.rangeClosed(1, 1_001).forEach(id -> hold(id, 1_000));
    lead();
    confirmFor(Duration.ofMillis(1_200));
    expirer.applied(List.of(), List.of(1_001L));
    settleAsApplied(proposed.get(0));
    settleAsApplied(proposed.get(1));

    assertThat(proposed).hasSize(2);
    assertThat(renew(1_001).ttlMillis).containsExactly(0L);
  }

  @Test
  void aRegistrationRenewsTheLeaseItNames() {
    hold(1, 1_000);
    lead();
    confirmFor(Duration.ofMillis(900));
    expirer.named(1);
    confirmFor(Duration.ofSeconds(1));

    assertThat(proposed).isEmpty();
  }

  @Test
  void whatNamesALeaseIsOvertakenWhileItsEndIsUnderWayAndByIt() {
    hold(1, 1_000);
    hold(2, 60_000);
    lead();
    assertThat(expirer.isOvertaken(1)).isFalse();
    confirmFor(Duration.ofMillis(1_200));
    assertThat(expirer.isOvertaken(1)).isTrue();

    settleAsApplied(proposed.get(0));
    assertThat(expirer.isOvertaken(1)).as("in the same range, perhaps before it").isTrue();
    assertThat(expirer.isOvertaken(2)).isFalse();

    expirer.applied(List.of(), List.of());
    assertThat(expirer.isOvertaken(1)).as("what a session is told again").isFalse();
  }

  @Test
  void anEndThatALostLeadershipProposedMayOvertakeUntilTheNextLeadership() {
    hold(1, 1_000);
    hold(2, 60_000);
    lead();
    confirmFor(Duration.ofMillis(1_200));
    expirer.leadershipEnded();
    expirer.applied(List.of(), List.of());
    assertThat(expirer.isOvertaken(1)).isTrue();
    assertThat(expirer.isOvertaken(2)).isFalse();

    expirer.leadershipStarted(TERM + 1);
    assertThat(expirer.isOvertaken(1)).isFalse();
  }

  @Test
  void aHundredThousandLeasesAreKeptAliveWithoutAScan() {
    int count = 100_000;
    LongStream.rangeClosed(1, count).forEach(id -> hold(id, 10_000));
    lead();
    long[] all = LongStream.rangeClosed(1, count).toArray();
    for (int second = 0; second < 60; second++) {
      confirmFor(Duration.ofSeconds(1));
      if (second % 3 == 0) {
        expirer.renew(all, new Answer());
      }
    }

    assertThat(proposed).isEmpty();
    assertThat(expirer.size()).isEqualTo(count);
  }

  private void lead() {
    expirer.leadershipStarted(TERM);
  }

  private void confirmFor(Duration time) {
    for (long passed = 0; passed < time.toNanos(); passed += HEARTBEAT.toNanos()) {
      clock.pass(Duration.ofNanos(Math.min(HEARTBEAT.toNanos(), time.toNanos() - passed)));
      expirer.leadershipConfirmed();
    }
  }

  private void settleAsApplied(Proposed batch) {
    batch.ids.forEach(leases::remove);
    expirer.applied(List.of(), batch.ids);
    batch.settled.run();
  }

  private Answer renew(long... ids) {
    var answer = new Answer();
    expirer.renew(ids, answer);
    return answer;
  }

  private void hold(long id, long ttlMillis) {
    hold(id, ttlMillis, 1);
  }

  private void hold(long id, long ttlMillis, int instances) {
    var service = new ServiceKey("shop", "cart");
    leases.put(
        new Lease(
            id,
            ttlMillis,
            "shop",
            true,
            IntStream.range(0, instances)
                .mapToObj(i -> new InstanceKey(service, "i-" + id + "-" + i))
                .toList()));
  }
}
