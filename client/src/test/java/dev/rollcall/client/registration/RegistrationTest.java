package dev.rollcall.client.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Lifecycle;
import dev.rollcall.v1.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistrationTest {
  private static final Duration TTL = Duration.ofSeconds(5);
  private static final ServiceInstance ORDER =
      ServiceInstance.builder("orders").id("o-1").endpoint("http", "http", "h", 80).build();

  private final VirtualLoop loop = new VirtualLoop(11);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final RegistryClient client = TestClients.of(loop, cluster);
  private final List<RegistrationState> states = new ArrayList<>();

  @AfterEach
  void stop() {
    client.close();
    cluster.stop();
  }

  private Registration register() {
    Registration registration = client.register(ORDER, TTL);
    registration.onStateChange(states::add);
    assertThat(loop.runUntil(() -> isRegistered(registration), Duration.ofSeconds(3))).isTrue();
    loop.settle();
    return registration;
  }

  private static boolean isRegistered(Registration registration) {
    return registration.state() == RegistrationState.REGISTERED;
  }

  private Instance only() {
    List<Instance> all = cluster.instances("orders");
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  @Test
  void staysRegisteredAsLongAsItsHandleIsOpen() {
    Registration registration = register();
    Instance first = only();

    loop.runFor(TTL.multipliedBy(100));

    assertThat(only()).isEqualTo(first);
    assertThat(states).containsExactly(RegistrationState.REGISTERED);
    assertThat(registration.revision()).isEqualTo(first.getCreateRevision());
    assertThat(cluster.leases().values())
        .allMatch(it -> it.renewals() >= 290 && it.renewals() < 350);
  }

  @Test
  void closingTakesTheInstanceOut() {
    Registration registration = register();
    registration.close();
    assertThat(cluster.instances("orders")).isEmpty();
    assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
    assertThatThrownBy(() -> registration.awaitRegistered(TTL))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingTheClientTakesAllInstancesOut() {
    register();
    client.register(ORDER.toBuilder().id("o-2").build(), TTL);
    loop.runFor(Duration.ofMillis(10));
    client.close();
    assertThat(cluster.instances("orders")).isEmpty();
  }

  @Test
  void comesBackByItselfAfterItsLeaseIsLost() {
    Registration registration = register();
    long incarnation = only().getIncarnation();
    cluster.expire("orders", "o-1");

    loop.runFor(TTL);

    assertThat(only().getIncarnation()).isGreaterThan(incarnation);
    assertThat(states)
        .containsExactly(
            RegistrationState.REGISTERED,
            RegistrationState.RE_REGISTERING,
            RegistrationState.REGISTERED);
    assertThat(registration.revision()).isEqualTo(only().getCreateRevision());
  }

  @Test
  void keepsItsInstanceThroughTheLossOfEveryNodeInTurn() {
    register();
    Instance first = only();
    for (FakeNode node : cluster.nodes()) {
      node.kill();
      loop.runFor(TTL);
      node.start();
    }
    assertThat(only()).isEqualTo(first);
    assertThat(states).containsExactly(RegistrationState.REGISTERED);
  }

  @Test
  void believesForFourFifthsOfTheTtlFromTheLastConfirmedKeepaliveAndNoLonger() {
    Registration registration = register();
    cluster.quorum(false);
    loop.runFor(TTL.multipliedBy(8).dividedBy(10).minusMillis(1_750));
    assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);

    loop.runFor(Duration.ofMillis(1_750));

    assertThat(registration.state()).isEqualTo(RegistrationState.SUSPENDED);
  }

  @Test
  void suspicionEndsWhenAKeepaliveIsConfirmedAfterAll() {
    Registration registration = register();
    Instance first = only();
    cluster.quorum(false);
    loop.runFor(TTL.multipliedBy(3));
    assertThat(registration.state()).isEqualTo(RegistrationState.SUSPENDED);

    cluster.quorum(true);
    loop.runFor(Duration.ofSeconds(2));

    assertThat(only()).isEqualTo(first);
    assertThat(states)
        .containsExactly(
            RegistrationState.REGISTERED,
            RegistrationState.SUSPENDED,
            RegistrationState.REGISTERED);
  }

  @Test
  void goesOnTryingWhileTheRegistryIsAway() {
    cluster.stop();
    Registration registration = client.register(ORDER, TTL);
    loop.runFor(Duration.ofMinutes(2));
    assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERING);
    assertThat(registration.lastFailure()).get().isInstanceOf(RegistryException.Unavailable.class);

    cluster.nodes().forEach(FakeNode::start);
    loop.runFor(Duration.ofSeconds(4));

    assertThat(isRegistered(registration)).isTrue();
  }

  @Test
  void aRefusalIsFinalAndToldToWhoeverWaits() {
    cluster.nodes().forEach(it -> it.fail(ErrorReason.RECORD_TOO_LARGE, false));
    Registration registration = client.register(ORDER, TTL);

    assertThatThrownBy(() -> registration.awaitRegistered(TTL))
        .isInstanceOf(RegistryException.InvalidRequest.class)
        .extracting(it -> ((RegistryException) it).reason())
        .isEqualTo(Reason.RECORD_TOO_LARGE);
    assertThat(registration.state()).isEqualTo(RegistrationState.FAILED);
  }

  @Test
  void registeringAndWaitingLeavesNothingBehindWhenItFails() {
    cluster.quorum(false);
    assertThatThrownBy(() -> client.registerAndWait(ORDER, TTL))
        .isInstanceOf(RegistryException.Unavailable.class);
    cluster.quorum(true);
    loop.runFor(Duration.ofMinutes(1));
    assertThat(cluster.instances("orders")).isEmpty();
  }

  @Test
  void anUnknownOutcomeIsRepeatedUnderTheSameIncarnation() {
    cluster.nodes().forEach(it -> it.fail(ErrorReason.OUTCOME_UNKNOWN, true));
    Registration registration = client.register(ORDER, TTL);
    loop.runFor(Duration.ofSeconds(2));
    Instance first = only();
    cluster.nodes().forEach(it -> it.fail(null, false));

    loop.runFor(Duration.ofSeconds(2));

    assertThat(isRegistered(registration)).isTrue();
    assertThat(only()).isEqualTo(first);
  }

  @Test
  void aClockThatWentBackIsOvercomeByTheIncarnationThatTheRegistryNames() {
    long future = loop.wallMicros() + Duration.ofDays(1).toNanos() / 1_000;
    cluster.put(
        Instance.newBuilder()
            .setNamespace("default")
            .setService("orders")
            .setInstanceId("o-1")
            .setIncarnation(future)
            .addEndpoints(dev.rollcall.v1.Endpoint.newBuilder().setHost("h").setPort(1))
            .build());

    register();

    assertThat(only().getIncarnation()).isEqualTo(future + 1);
  }

  @Test
  void theLaterOfTwoHandlesStaysAndTheEarlierGivesUp() {
    Registration earlier = register();
    loop.runFor(Duration.ofSeconds(1));
    RegistryClient other = TestClients.of(loop, cluster);
    Registration later = other.register(ORDER, TTL);

    loop.runFor(TTL.multipliedBy(10));

    assertThat(later.state()).isEqualTo(RegistrationState.REGISTERED);
    assertThat(earlier.state()).isEqualTo(RegistrationState.FAILED);
    assertThat(earlier.lastFailure())
        .get()
        .extracting(RegistryException::reason)
        .isEqualTo(Reason.STALE_INCARNATION);
    long live = only().getIncarnation();
    earlier.close();
    assertThat(only().getIncarnation()).isEqualTo(live);
    other.close();
  }

  @Test
  void aStatusIsChangedInPlace() throws Exception {
    Registration registration = register();
    long incarnation = only().getIncarnation();

    long revision = loop.await(registration.statusConfirmed(InstanceStatus.OUT_OF_SERVICE), TTL);

    assertThat(only().getStatus()).isEqualTo(Status.STATUS_OUT_OF_SERVICE);
    assertThat(only().getIncarnation()).isEqualTo(incarnation);
    assertThat(only().getModRevision()).isEqualTo(revision);
  }

  @Test
  void theLastStatusWinsAndOutlivesALostLease() {
    Registration registration = client.register(ORDER, TTL);
    registration.status(InstanceStatus.DOWN);
    registration.status(InstanceStatus.STARTING);
    registration.status(InstanceStatus.OUT_OF_SERVICE);
    loop.runFor(Duration.ofSeconds(1));
    assertThat(only().getStatus()).isEqualTo(Status.STATUS_OUT_OF_SERVICE);

    cluster.expire("orders", "o-1");
    loop.runFor(TTL);

    assertThat(only().getStatus()).isEqualTo(Status.STATUS_OUT_OF_SERVICE);
  }

  @Test
  void aDrainIsToldInPlaceAndOutlivesALostLease() throws Exception {
    Registration registration = register();
    long incarnation = only().getIncarnation();

    long revision = loop.await(registration.drain(Duration.ofSeconds(60)), TTL);

    assertThat(only().getLifecycle()).isEqualTo(Lifecycle.LIFECYCLE_DRAINING);
    assertThat(only().getModRevision()).isEqualTo(revision);
    assertThat(only().getIncarnation()).isEqualTo(incarnation);

    cluster.expire("orders", "o-1");
    loop.runFor(TTL);

    assertThat(only().getIncarnation()).isGreaterThan(incarnation);
    assertThat(only().getLifecycle()).isEqualTo(Lifecycle.LIFECYCLE_DRAINING);
    assertThat(only().getDrainDeadlineMillis()).as("what is left").isLessThan(60_000).isPositive();
  }

  @Test
  void aDrainAskedForBeforeTheRegistrationFollowsIt() {
    cluster.nodes().forEach(it -> it.silent(true));
    Registration registration = client.register(ORDER, TTL);
    CompletableFuture<Long> drained = registration.drain(Duration.ofSeconds(60));
    registration.status(InstanceStatus.DOWN);
    loop.runFor(Duration.ofSeconds(1));
    assertThat(drained).isNotDone();

    cluster.nodes().forEach(it -> it.silent(false));
    loop.runFor(Duration.ofSeconds(30));

    assertThat(drained).isCompleted();
    assertThat(only().getLifecycle()).isEqualTo(Lifecycle.LIFECYCLE_DRAINING);
    assertThat(only().getStatus()).isEqualTo(Status.STATUS_DOWN);
  }

  @Test
  void aGraceOutsideTheRulesIsRefusedAtOnce() {
    Registration registration = register();

    assertThatThrownBy(() -> registration.drain(Duration.ofMillis(999)))
        .isInstanceOf(RegistryException.InvalidRequest.class);
  }

  @Test
  void closingWithoutARegistryTakesNoLongerThanTheCloseTimeout() {
    Registration registration = register();
    cluster.nodes().forEach(it -> it.silent(true));
    long before = loop.nanoTime();

    registration.close();

    assertThat(Duration.ofNanos(loop.nanoTime() - before))
        .isLessThanOrEqualTo(Duration.ofSeconds(4));
    assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
    assertThat(registration.lastFailure())
        .get()
        .isInstanceOf(RegistryException.Indeterminate.class);
  }

  @Test
  void closingWhileRegisteringLeavesNothingBehind() {
    Registration registration = client.register(ORDER, TTL);
    registration.close();
    loop.runFor(Duration.ofSeconds(1));
    assertThat(cluster.instances("orders")).isEmpty();
  }
}
