package dev.rollcall.client.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException.InvalidRequest;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.v1.ErrorReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LockTest {
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration LONG = Duration.ofMinutes(10);

  private final VirtualLoop loop = new VirtualLoop(13);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final RegistryClient first = TestClients.of(loop, cluster);
  private final RegistryClient second = TestClients.of(loop, cluster);
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void stop() {
    first.close();
    second.close();
    cluster.stop();
  }

  @Test
  void oneHoldsItAtATimeAndTokensGrow() throws InterruptedException {
    Lock.Held held = first.lock("report", TTL).acquire();
    assertThat(held.isHeld()).isTrue();
    Lock others = second.lock("report", TTL);
    assertThat(others.tryAcquire(Duration.ofSeconds(30))).isEmpty();
    assertThat(held.isHeld()).isTrue();
    assertThat(cluster.keys().all()).hasSize(1); // who gave up leaves nothing behind

    held.close();
    assertThat(held.isHeld()).isFalse();
    assertThat(cluster.keys().all()).isEmpty();
    try (Lock.Held next = others.acquire()) {
      assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
      assertThat(cluster.keys().get(next.key()).getCreateRevision()).isEqualTo(next.fencingToken());
    }
  }

  @Test
  void withoutWaitingItIsGotOnlyWhenItIsFree() throws InterruptedException {
    Lock lock = first.lock("report", TTL);
    Optional<Lock.Held> held = lock.tryAcquire(Duration.ZERO);
    assertThat(held).isPresent();
    assertThat(lock.tryAcquire(Duration.ZERO)).isEmpty(); // not reentrant
    assertThat(second.lock("other", TTL).tryAcquire(Duration.ZERO)).isPresent();
  }

  @Test
  void thoseWhoWaitGetItInTheOrderInWhichTheyCame() throws InterruptedException {
    Lock.Held held = first.lock("report", TTL).acquire();
    cluster.keys().put("locks/report/waits", "an older one, of another program");
    loop.schedule(Duration.ofSeconds(5), held::close);
    loop.schedule(Duration.ofSeconds(9), () -> cluster.keys().delete("locks/report/waits", false));
    long before = loop.nanoTime();

    Lock.Held third = second.lock("report", TTL).acquire();

    assertThat(Duration.ofNanos(loop.nanoTime() - before)).isEqualTo(Duration.ofSeconds(9));
    assertThat(third.isHeld()).isTrue();
  }

  @Test
  void aHolderOutOfReachIsToldBeforeAnotherGetsIt() throws InterruptedException {
    Lock.Held held = first.lock("report", TTL).acquire();
    held.onLost(() -> told.add("lost"));
    loop.runFor(TTL.multipliedBy(3));
    assertThat(held.isHeld()).isTrue();
    cluster.nodes().forEach(node -> node.silent(true));

    assertThat(loop.runUntil(() -> !held.isHeld(), LONG)).isTrue();

    assertThat(cluster.keys().all()).hasSize(1); // the registry has not given it away
    loop.settle();
    assertThat(told).containsExactly("lost");
    cluster.nodes().forEach(node -> node.silent(false));
    loop.runFor(TTL);
    assertThat(held.isHeld()).isFalse(); // for good
    try (Lock.Held next = second.lock("report", TTL).acquire()) {
      assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
    }
    held.onLost(() -> told.add("late"));
    loop.settle();
    assertThat(told).containsExactly("lost", "late");
  }

  @Test
  void aLeaseThatIsRevokedOrAKeyThatIsDeletedLosesIt() throws InterruptedException {
    Lock.Held revoked = first.lock("a", TTL).acquire();
    revoked.onLost(() -> told.add("a"));
    cluster.revoke(cluster.keys().get(revoked.key()).getLeaseId());
    Lock.Held deleted = first.lock("b", TTL).acquire();
    deleted.onLost(() -> told.add("b"));
    cluster.keys().delete(deleted.key(), false);
    loop.runFor(TTL);

    assertThat(told).containsExactlyInAnyOrder("a", "b");
    assertThat(revoked.isHeld() || deleted.isHeld()).isFalse();
  }

  @Test
  void givingItBackIsNoLoss() throws InterruptedException {
    Lock.Held held = first.lock("report", TTL).acquire();
    held.onLost(() -> told.add("lost"));
    held.close();
    held.close();
    loop.runFor(LONG);
    assertThat(told).isEmpty();
  }

  @Test
  void aWaiterWhoseLeaseLapsedComesAgain() throws InterruptedException {
    Lock.Held held = first.lock("report", LONG).acquire();
    loop.schedule(
        Duration.ofSeconds(3),
        () ->
            cluster.revoke(
                cluster.keys().all().values().stream()
                    .filter(it -> !it.getKey().equals(held.key()))
                    .findFirst()
                    .orElseThrow()
                    .getLeaseId()));
    loop.schedule(Duration.ofSeconds(30), held::close);

    try (Lock.Held next = second.lock("report", TTL).acquire()) {
      assertThat(next.isHeld()).isTrue();
      assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
    }
  }

  @Test
  void whoeverWaitsThroughALossOfTheQuorumGetsItOnlyWhenItsLeaseIsSure()
      throws InterruptedException {
    Lock.Held held = first.lock("report", TTL).acquire();
    loop.schedule(Duration.ofSeconds(5), () -> cluster.quorum(false));
    loop.schedule(Duration.ofSeconds(60), () -> cluster.quorum(true));
    loop.schedule(Duration.ofSeconds(90), held::close);

    Lock.Held next = second.lock("report", TTL).acquire();

    assertThat(held.isHeld()).isFalse();
    assertThat(next.isHeld()).isTrue();
  }

  @Test
  void aRegistryThatCannotBeReachedFailsTheAttempt() {
    cluster.nodes().forEach(node -> node.fail(ErrorReason.NO_QUORUM, false));
    assertThatThrownBy(() -> first.lock("report", TTL).acquire()).isInstanceOf(Unavailable.class);
  }

  @Test
  void namesAreChecked() {
    assertThatThrownBy(() -> first.lock("a/b")).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> first.lock("")).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> first.election("a b")).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> first.lock("a", Duration.ofMillis(1)))
        .isInstanceOf(InvalidRequest.class);
  }
}
