package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Command;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.GuardTable;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The guard and the expirer together, over a state in which everything that is proposed is applied
 * at once, unless the test says otherwise.
 */
class ExpiryGuardTest {
  private static final Duration HEARTBEAT = Duration.ofMillis(100);
  private static final int TTL = 10_000;

  private final HandClock clock = new HandClock();
  private final LeaseTable leases = new LeaseTable();
  private final GuardTable guards = new GuardTable();
  private final List<Runnable> pending = new ArrayList<>();
  private final List<Long> expired = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final LeaseExpirer expirer =
      new LeaseExpirer(
          leases,
          new ExpiryGuard(leases, guards, GuardLimits.DEFAULT, this::propose),
          this::expire,
          clock,
          /* batchesMax= */ 4);

  private boolean refusing;
  private long term;

  @Test
  void whatLapsesUpToTheThresholdExpires() {
    hold("shop", 1, 200);
    lead();
    // 15 % of 200.
    keepAliveFor(Duration.ofSeconds(20), 31, 200);

    assertThat(expired).hasSize(30);
    assertThat(log).doesNotContain("engage shop");
    assertThat(leases.suspects()).isZero();
  }

  @Test
  void aSmallNamespaceMayLoseTwenty() {
    hold("shop", 1, 40);
    lead();
    keepAliveFor(Duration.ofSeconds(20), 21, 40);

    assertThat(expired).hasSize(20);
    assertThat(log).isEmpty();
  }

  @Test
  void oneMoreThanTheThresholdEngagesTheGuardAndNobodyExpires() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(20), 32, 200);

    assertThat(log).contains("engage shop").doesNotContain("release shop");
    assertThat(expired).isEmpty();
    assertThat(leases.suspects("shop")).isEqualTo(31);
    assertThat(expirer.lapsed()).isEqualTo(31);
  }

  @Test
  void whenLeasesLapseOneAfterTheOtherTheThresholdsWorthExpires() {
    hold("shop", 1, 200);
    lead();
    for (int first = 2; first <= 101; first++) {
      keepAliveFor(Duration.ofMillis(200), first, 200);
    }
    keepAliveFor(Duration.ofSeconds(15), 101, 200);

    assertThat(expired).hasSizeLessThanOrEqualTo(30 + 2);
    assertThat(leases.size("shop")).isGreaterThanOrEqualTo(168);
    assertThat(guards.isEngaged("shop")).isTrue();
  }

  @Test
  void whatLapsedLongAgoDoesNotCount() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(20), 26, 200);
    keepAliveFor(Duration.ofSeconds(31), 26, 200);
    // 15 % of the 175 that are left.
    keepAliveFor(Duration.ofSeconds(20), 52, 200);

    assertThat(expired).hasSize(51);
    assertThat(log).isEmpty();
  }

  @Test
  void theThresholdFollowsTheLeasesThereAre() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(20), 26, 200);
    keepAliveFor(Duration.ofSeconds(31), 26, 200);
    keepAliveFor(Duration.ofSeconds(20), 53, 200);

    assertThat(expired).hasSize(25);
    assertThat(guards.isEngaged("shop")).isTrue();
  }

  @Test
  void otherNamespacesGoOn() {
    hold("shop", 1, 200);
    hold("bank", 201, 20);
    lead();
    keepAliveFor(Duration.ofSeconds(20), 101, 200);

    assertThat(expired).hasSize(20).allMatch(id -> id > 200);
    assertThat(guards.isEngaged("bank")).isFalse();
    assertThat(guards.isEngaged("shop")).isTrue();
  }

  @Test
  void renewalsBeforeTheirTurnAreNotCounted() {
    hold("shop", 1, 200);
    lead();
    refusing = true;
    keepAliveFor(Duration.ofSeconds(10).plusMillis(300), 31, 200);
    renew(1, 30);
    refusing = false;
    keepAliveFor(Duration.ofSeconds(5), 1, 170);
    // The last 30 have not been renewed since.
    keepAliveFor(Duration.ofSeconds(6), 1, 170);

    assertThat(log).doesNotContain("engage shop");
    assertThat(expired).hasSize(30).allMatch(id -> id > 170);
  }

  @Test
  void onePercentAMinuteExpiresOldestFirst() {
    hold("shop", 1, 1_000);
    lead();
    keepAliveFor(Duration.ofSeconds(11), 501, 1_000);
    assertThat(guards.isEngaged("shop")).isTrue();

    keepAliveFor(Duration.ofMinutes(3), 501, 1_000);
    assertThat(expired).hasSizeBetween(29, 31);
    assertThat(expired).containsExactlyElementsOf(ids(1, expired.size()));
  }

  @Test
  void afterTenMinutesTheLeaderReleasesIt() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(11), 101, 200);
    keepAliveFor(Duration.ofMinutes(10).minusSeconds(2), 101, 200);
    assertThat(guards.isEngaged("shop")).isTrue();
    assertThat(expired).hasSizeLessThanOrEqualTo(21);

    keepAliveFor(Duration.ofSeconds(5), 101, 200);
    assertThat(guards.isEngaged("shop")).isFalse();
    assertThat(expired).hasSize(100);
    assertThat(leases.suspects()).isZero();
    assertThat(log.stream().filter("engage shop"::equals)).hasSize(1);
  }

  @Test
  void itIsReleasedOnceHalfTheThresholdOrFewerAreMissing() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    assertThat(leases.suspects()).isEqualTo(100);

    keepAliveFor(Duration.ofSeconds(1), 17, 200);
    assertThat(guards.isEngaged("shop")).isTrue();
    keepAliveFor(Duration.ofSeconds(1), 16, 200);
    assertThat(guards.isEngaged("shop")).isFalse();
    assertThat(leases.suspects()).isZero();
    assertThat(expired).hasSize(15);
  }

  @Test
  void anOperatorReleasesItForGood() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    guards.put(guards.find("shop").orElseThrow().released(0, "ann"));

    keepAliveFor(Duration.ofSeconds(1), 101, 200);
    assertThat(expired).hasSize(100);
    assertThat(guards.isEngaged("shop")).isFalse();
  }

  @Test
  void aRenewedSuspectIsTrusted() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    assertThat(leases.isSuspect(7)).isTrue();
    assertThat(renew(7, 7).ttlMillis).containsExactly((long) TTL);
    keepAliveFor(Duration.ofMillis(200), 101, 200);

    assertThat(leases.isSuspect(7)).isFalse();
    assertThat(leases.isSuspect(8)).isTrue();
    keepAliveFor(Duration.ofSeconds(11), 101, 200);
    assertThat(leases.isSuspect(7)).isTrue();
    assertThat(expired).doesNotContain(7L);
  }

  @Test
  void aRefusedTrustIsProposedAgain() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    refusing = true;
    renew(7, 7);
    keepAliveFor(Duration.ofSeconds(1), 101, 200);
    assertThat(leases.isSuspect(7)).isTrue();

    refusing = false;
    keepAliveFor(Duration.ofMillis(300), 101, 200);
    assertThat(leases.isSuspect(7)).isFalse();
  }

  @Test
  void whileItCannotBeEngagedNobodyExpires() {
    hold("shop", 1, 200);
    lead();
    refusing = true;
    keepAliveFor(Duration.ofSeconds(20), 101, 200);
    assertThat(expired).isEmpty();

    refusing = false;
    keepAliveFor(Duration.ofSeconds(1), 101, 200);
    assertThat(guards.isEngaged("shop")).isTrue();
    assertThat(leases.suspects()).isEqualTo(100);
    assertThat(expired).isEmpty();
  }

  @Test
  void aNewLeaderGoesOnWithGuardAndSuspects() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    expirer.leadershipEnded();
    lead();

    // All have their full TTL again, and who renews is trusted.
    assertThat(renew(7, 7).ttlMillis).containsExactly((long) TTL);
    keepAliveFor(Duration.ofSeconds(20), 101, 200);
    assertThat(guards.isEngaged("shop")).isTrue();
    assertThat(leases.suspects()).isEqualTo(100);
    assertThat(expired).isEmpty();

    keepAliveFor(Duration.ofMinutes(1), 1, 200);
    assertThat(guards.isEngaged("shop")).isFalse();
    assertThat(leases.suspects()).isZero();
    assertThat(expired).isEmpty();
  }

  @Test
  void suspectsOfAReleasedGuardExpireUnderANewLeaderWithoutAnotherGuard() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    expirer.leadershipEnded();
    guards.put(guards.find("shop").orElseThrow().released(0, "ann"));
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);

    assertThat(expired).hasSize(100);
    assertThat(log.stream().filter("engage shop"::equals)).hasSize(1);
  }

  @Test
  void aSuspectThatIsDeregisteredIsGone() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    leases.remove(7);
    expirer.applied(List.of(), List.of(7L));

    assertThat(renew(7, 7).ttlMillis).containsExactly(0L);
    assertThat(expirer.lapsed()).isEqualTo(100);
    keepAliveFor(Duration.ofMillis(100), 101, 200);
    assertThat(expirer.lapsed()).isEqualTo(99);
  }

  @Test
  void aLeaseWithKeysIsNeverHeld() {
    hold("shop", 1, 200);
    giveKey(1);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);

    assertThat(log).contains("engage shop");
    assertThat(expired).containsExactly(1L);
    assertThat(leases.suspects()).isEqualTo(99);
  }

  @Test
  void leasesWithKeysCountForNoLimit() {
    hold("shop", 1, 240);
    LongStream.rangeClosed(1, 200).forEach(this::giveKey);
    lead();
    // 15 % of the 40 without keys would be 6: as few as that may always lapse.
    keepAliveFor(Duration.ofSeconds(20), 221, 240);

    assertThat(expired).hasSize(220);
    assertThat(log).isEmpty();
  }

  @Test
  void aSilentLeaseWithKeysDoesNotTakeTheLapseOfAnotherBackWhenItReturns() {
    hold("shop", 1, 41);
    giveKey(41);
    lead();
    refusing = true;
    // The twentieth and last that may lapse; its end and that of the one with keys are not applied.
    keepAliveFor(Duration.ofSeconds(11), 21, 40);
    renew(41, 41);
    refusing = false;
    keepAliveFor(Duration.ofSeconds(11), 22, 41);

    assertThat(log).contains("engage shop");
  }

  @Test
  void aLeaseThatIsHeldGoesOnceItIsGivenAKey() {
    hold("shop", 1, 200);
    lead();
    keepAliveFor(Duration.ofSeconds(15), 101, 200);
    assertThat(expired).isEmpty();
    giveKey(7);
    expirer.givenKeys(List.of(7L));
    keepAliveFor(Duration.ofMillis(200), 101, 200);

    assertThat(expired).containsExactly(7L);
  }

  private void giveKey(long leaseId) {
    leases.attach(new KeyEntry("shop", "lock-" + leaseId, ByteString.EMPTY, 1, 1, 1, leaseId));
  }

  private void lead() {
    expirer.leadershipStarted(++term);
  }

  /** Confirms all the while, and renews a range of leases twice a second. */
  private void keepAliveFor(Duration time, long first, long last) {
    for (long passed = 0; passed < time.toNanos(); passed += HEARTBEAT.toNanos()) {
      if (passed % (5 * HEARTBEAT.toNanos()) == 0) {
        renew(first, last);
      }
      clock.pass(HEARTBEAT);
      expirer.leadershipConfirmed();
      settle();
    }
  }

  private Answer renew(long first, long last) {
    var answer = new Answer();
    expirer.renew(LongStream.rangeClosed(first, last).toArray(), answer);
    return answer;
  }

  private void hold(String namespace, long firstId, int count) {
    for (long id = firstId; id < firstId + count; id++) {
      var key = new InstanceKey(new ServiceKey(namespace, "cart"), "i-" + id);
      leases.put(new Lease(id, TTL, namespace, true, List.of(key)));
    }
  }

  private static List<Long> ids(long first, int count) {
    return LongStream.range(first, first + count).boxed().toList();
  }

  private void expire(long ofTerm, List<Long> ids, Runnable settled) {
    decide(
        () -> {
          expired.addAll(ids);
          ids.forEach(leases::remove);
          expirer.applied(List.of(), ids);
        },
        settled);
  }

  private void decide(Runnable apply, Runnable settled) {
    boolean refused = refusing;
    pending.add(() -> {
      if (!refused) {
        apply.run();
      }
      settled.run();
    });
  }

  private void settle() {
    while (!pending.isEmpty()) {
      var now = List.copyOf(pending);
      pending.clear();
      now.forEach(Runnable::run);
    }
  }

  private void propose(long ofTerm, Command command, Runnable settled) {
    assertThat(ofTerm).isEqualTo(term);
    decide(() -> apply(command), settled);
  }

  private void apply(Command command) {
    switch (command) {
      case Command.EngageGuard(var namespace) -> {
        log.add("engage " + namespace);
        guards.put(Guard.engaged(namespace, 0, leases.size(namespace)));
      }
      case Command.ReleaseGuard(var namespace, var actor) -> {
        log.add("release " + namespace);
        guards.find(namespace).ifPresent(guard -> guards.put(guard.released(0, actor)));
      }
      case Command.SuspectLeases(var leaseIds) -> judge(leaseIds, true);
      case Command.TrustLeases(var leaseIds) -> judge(leaseIds, false);
      default -> throw new IllegalStateException("proposed by the guard: " + command);
    }
  }

  private void judge(List<Long> leaseIds, boolean areSuspect) {
    for (long id : leaseIds) {
      if (leases.find(id).isPresent()) {
        leases.setSuspect(id, areSuspect);
      }
    }
  }
}
