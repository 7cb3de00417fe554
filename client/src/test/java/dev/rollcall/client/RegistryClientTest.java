package dev.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.ErrorReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryClientTest {
  private static final Duration TTL = Duration.ofSeconds(10);

  private final VirtualLoop loop = new VirtualLoop(7);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final RegistryClient client = TestClients.of(loop, cluster);

  @AfterEach
  void stop() {
    client.close();
    cluster.stop();
  }

  private static ServiceInstance instance(String id) {
    return ServiceInstance.builder("orders")
        .id(id)
        .endpoint("http", "http", "10.0.0.1", 8080)
        .endpoint(new Endpoint("admin", "http", "10.0.0.1", 8443, true))
        .locality(new Locality("eu", "z1", "r7"))
        .weight(7)
        .version("1.2.3")
        .tag("blue")
        .metadata("team", "pay")
        .status(InstanceStatus.STARTING)
        .build();
  }

  @Test
  void whatIsRegisteredIsResolvedUnchanged() {
    ServiceInstance registered = client.registerOnce(instance("o-1"), TTL);

    ResolvedService resolved = client.resolve("Orders");

    assertThat(resolved.instances()).hasSize(1);
    ServiceInstance found = resolved.instances().get(0);
    assertThat(found.registered()).isEqualTo(registered.registered());
    assertThat(found.toBuilder().namespace("").build()).isEqualTo(instance("o-1"));
    assertThat(found.namespace()).isEqualTo("default");
    assertThat(resolved.serviceRevision()).isEqualTo(registered.registered().createRevision());
  }

  @Test
  void aLookupTellsWhetherTheGuardKeepsThoseWhoLapse() {
    assertThat(client.resolve("orders").isGuarded()).isFalse();
    cluster.nodes().forEach(node -> node.guarded(true));
    assertThat(client.resolve("orders").isGuarded()).isTrue();
  }

  @Test
  void pagesAreFollowedToTheEndAndOnlyTheFirstAsksTheQuorum() {
    registerSome(7);
    cluster.nodes().forEach(node -> node.pages(3, () -> {}));

    ResolvedService resolved = client.resolve("orders");

    assertThat(ids(resolved)).containsExactly("o-0", "o-1", "o-2", "o-3", "o-4", "o-5", "o-6");
    assertThat(resolved.isOneRevision()).isTrue();
    assertThat(used().lookups())
        .extracting(request -> request.getConsistency().getLevelCase().name())
        .containsExactly("LINEARIZABLE", "MIN_REVISION", "MIN_REVISION");
    used().lookups().clear();
    client.resolve("orders", Consistency.any());
    assertThat(used().lookups())
        .extracting(request -> request.getConsistency().getLevelCase().name())
        .containsExactly("ANY", "ANY", "ANY");
  }

  @Test
  void aServiceThatMovesBetweenPagesIsReadAgainSoThatItIsOfOneRevision() {
    registerSome(7);
    var changes = new AtomicInteger();
    Runnable once =
        () -> {
          if (changes.getAndIncrement() == 1) {
            cluster.remove("orders", "o-1", 0);
          }
        };
    cluster.nodes().forEach(node -> node.pages(3, once));

    ResolvedService resolved = client.resolve("orders");

    assertThat(ids(resolved)).containsExactly("o-0", "o-2", "o-3", "o-4", "o-5", "o-6");
    assertThat(resolved.isOneRevision()).isTrue();
    assertThat(resolved.serviceRevision()).isEqualTo(cluster.revision());
  }

  @Test
  void aServiceThatNeverRestsIsTakenAsItComesAndSaysSo() {
    registerSome(7);
    var changes = new AtomicInteger();
    Runnable another =
        () -> cluster.put(WireCodec.encode(instance("a"), "default", changes.incrementAndGet()));
    cluster.nodes().forEach(node -> node.pages(3, another));

    ResolvedService resolved = client.resolve("orders");

    assertThat(resolved.isOneRevision()).isFalse();
    assertThat(ids(resolved)).contains("o-0", "o-1", "o-2", "o-3", "o-4", "o-5", "o-6");
    assertThat(ids(resolved)).doesNotHaveDuplicates();
    assertThat(changes.get()).isLessThan(10);
  }

  @Test
  void whatIsWantedTravels() {
    client.resolve(
        Lookup.of("orders")
            .withFilter("weight > 1")
            .withHealthyOnly()
            .withEndpoint("admin")
            .withNear(new Locality("eu", "z1", "r7"))
            .withLimit(5)
            .withConsistency(Consistency.maxLag(Duration.ofSeconds(9))));

    var request = used().lookups().get(0);
    assertThat(request.getFilter()).isEqualTo("weight > 1");
    assertThat(request.getHealthyOnly()).isTrue();
    assertThat(request.getEndpoint()).isEqualTo("admin");
    assertThat(request.getNear().getRegion()).isEqualTo("eu");
    assertThat(request.getNear().getZone()).isEqualTo("z1");
    assertThat(request.getNear().getSubZone()).isEqualTo("r7");
    assertThat(request.getLimit()).isEqualTo(5);
    assertThat(request.getConsistency().getMaxLagMillis()).isEqualTo(9_000);
    assertThatThrownBy(() -> Lookup.of("orders").withLimit(-1))
        .isInstanceOf(RegistryException.InvalidRequest.class);
  }

  private void registerSome(int count) {
    for (int i = 0; i < count; i++) {
      client.registerOnce(instance("o-" + i), TTL);
    }
  }

  private static List<String> ids(ResolvedService resolved) {
    return resolved.instances().stream().map(ServiceInstance::id).toList();
  }

  @Test
  void anUnknownServiceIsEmptyAndNoError() {
    assertThat(client.resolve("nobody").instances()).isEmpty();
  }

  @Test
  void anotherNodeIsAskedWhenOneIsDown() {
    cluster.node(0).kill();
    cluster.node(1).kill();
    long before = loop.nanoTime();

    client.resolve("orders");

    assertThat(Duration.ofNanos(loop.nanoTime() - before)).isLessThan(Duration.ofMillis(500));
  }

  @Test
  void staysWithANodeThatAnswers() {
    for (int i = 0; i < 10; i++) {
      client.resolve("orders");
    }
    assertThat(cluster.nodes()).extracting(FakeNode::calls).containsOnlyOnce(10);
  }

  @Test
  void aSilentNodeIsLeftWithTimeToSpare() {
    client.resolve("orders");
    FakeNode used = used();
    used.silent(true);

    client.resolve("orders");

    assertThat(cluster.nodes()).filteredOn(it -> it != used && it.calls() > 0).isNotEmpty();
  }

  private FakeNode used() {
    return cluster.nodes().stream().filter(it -> it.calls() > 0).findFirst().orElseThrow();
  }

  @Test
  void withoutAnyNodeNothingWasExecutedAndTheFailureSaysSo() {
    cluster.stop();

    var failure =
        catchThrowableOfType(
            RegistryException.Unavailable.class, () -> client.registerOnce(instance("o-1"), TTL));

    assertThat(failure.executed()).isEqualTo(RegistryException.Executed.NO);
    assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(failure).hasMessageStartingWith("no node answered within 6000 ms");
  }

  @Test
  void aWriteThatMayHaveBeenExecutedIsIndeterminate() {
    cluster.nodes().forEach(it -> it.silent(true));

    assertThatThrownBy(() -> client.registerOnce(instance("o-1"), TTL))
        .isInstanceOf(RegistryException.Indeterminate.class)
        .extracting(it -> ((RegistryException) it).executed())
        .isEqualTo(RegistryException.Executed.UNKNOWN);
  }

  @Test
  void aReadIsNeverIndeterminate() {
    cluster.nodes().forEach(it -> it.silent(true));

    assertThatThrownBy(() -> client.resolve("orders"))
        .isInstanceOf(RegistryException.Unavailable.class);
  }

  @Test
  void aRepeatAfterAnUnknownOutcomeFindsTheFirstRegistration() {
    cluster.nodes().forEach(it -> it.fail(ErrorReason.OUTCOME_UNKNOWN, true));
    loop.schedule(
        Duration.ofMillis(300), () -> cluster.nodes().forEach(it -> it.fail(null, false)));

    ServiceInstance registered = client.registerOnce(instance("o-1"), TTL);

    assertThat(registered.registered().createRevision()).isEqualTo(101);
    assertThat(cluster.revision()).isEqualTo(101);
  }

  @Test
  void withoutQuorumADefaultReadFailsInTimeAndNamesTheWayOut() {
    client.registerOnce(instance("o-1"), TTL);
    cluster.quorum(false);
    long before = loop.nanoTime();

    assertThatThrownBy(() -> client.resolve("orders"))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining("the registry has no quorum")
        .hasMessageContaining("any, max_lag or min_revision");

    assertThat(Duration.ofNanos(loop.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
    assertThat(client.resolve("orders", Consistency.any()).instances()).hasSize(1);
    assertThat(client.resolve("orders", Consistency.any()).lag()).isPositive();
  }

  @Test
  void aNodeThatIsNotFreshEnoughIsLeftForOneThatIs() {
    cluster.node(0).hold(true);
    cluster.node(1).hold(true);
    client.registerOnce(instance("o-1"), TTL);

    var resolved = client.resolve("orders", Consistency.minRevision(cluster.revision()));

    assertThat(resolved.instances()).hasSize(1);
  }

  @Test
  void refusalsAreToldByTheirKindAndAreNotRepeated() {
    ServiceInstance live = client.registerOnce(instance("o-1"), TTL);
    assertThatThrownBy(() -> client.deregister("orders", "o-2"))
        .isInstanceOf(RegistryException.NotFound.class);
    assertThatThrownBy(() -> client.register(instance("o-1"), Duration.ofMillis(999)))
        .isInstanceOf(RegistryException.InvalidRequest.class)
        .hasMessage("TTL must be 1 s to 24 h, not 999 ms");
    cluster.nodes().forEach(it -> it.fail(ErrorReason.LEASE_FULL, false));
    int calls = cluster.nodes().stream().mapToInt(FakeNode::calls).sum();

    var refused =
        catchThrowableOfType(
            RegistryException.Refused.class, () -> client.registerOnce(instance("o-3"), TTL));

    assertThat(refused.reason()).isEqualTo(Reason.LEASE_FULL);
    assertThat(cluster.nodes().stream().mapToInt(FakeNode::calls).sum()).isEqualTo(calls + 1);
    assertThat(live.registered().incarnation()).isPositive();
  }

  @Test
  void deregisteringTwiceIsHarmless() {
    client.registerOnce(instance("o-1"), TTL);
    long revision = client.deregister("orders", "o-1");
    assertThat(client.deregister("orders", "o-1")).isEqualTo(revision);
    assertThat(client.resolve("orders").instances()).isEmpty();
  }

  @Test
  void anotherClusterIsNeverBelieved() {
    client.resolve("orders");
    cluster.becomeAnotherCluster();

    assertThatThrownBy(() -> client.resolve("orders"))
        .isInstanceOf(RegistryException.WrongCluster.class)
        .hasMessageContaining("belongs to cluster");
  }

  @Test
  void servicesAreListedPageByPage() {
    for (int i = 0; i < 25; i++) {
      client.registerOnce(
          ServiceInstance.builder("s-%02d".formatted(i)).endpoint("http", "http", "h", 1).build(),
          TTL);
    }
    ServicePage page = client.listServices(ServiceQuery.prefix("s-").withPageSize(10));
    assertThat(page.services()).hasSize(10);
    assertThat(page.nextPageToken()).isPresent();
    assertThat(client.listServices("s-")).hasSize(25);
    assertThat(client.listServices("s-1")).hasSize(10);
  }

  @Test
  void membersAndTheStateOfEachAreTold() {
    List<Member> members = client.members();
    assertThat(members).hasSize(3);
    assertThat(members).filteredOn(Member::leader).hasSize(1);
    for (Member member : members) {
      assertThat(client.status(member.clientAddress()).nodeId()).isEqualTo(member.nodeId());
    }
    cluster.node(2).kill();
    assertThatThrownBy(() -> client.status(cluster.node(2).address()))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining(cluster.node(2).address());
  }

  @Test
  void nodesThatTheProgramDidNotNameAreFound() {
    RegistryClient found =
        TestClients.of(
            loop,
            TestClients.builder(cluster)
                .endpoints(cluster.node(0).address())
                .discoverMembers(true));
    loop.runFor(Duration.ofSeconds(2));
    cluster.node(0).kill();

    assertThat(found.resolve("orders").instances()).isEmpty();
    found.close();
  }

  @Test
  void aClosedClientSaysSo() {
    client.close();
    assertThatThrownBy(() -> client.resolve("orders"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the client is closed");
  }
}
