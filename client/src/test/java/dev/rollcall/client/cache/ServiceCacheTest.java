package dev.rollcall.client.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.FakeWatchStream;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.LoadBalancing;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchDeltas;
import dev.rollcall.v1.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceCacheTest {
  private static final Duration SOON = Duration.ofSeconds(1);

  private final VirtualLoop loop = new VirtualLoop(3);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final RegistryClient client = TestClients.of(loop, cluster);
  private long incarnation;

  @AfterEach
  void stop() {
    client.close();
    cluster.stop();
  }

  private void put(String id) {
    cluster.put(
        Instance.newBuilder()
            .setNamespace("default")
            .setService("orders")
            .setInstanceId(id)
            .setIncarnation(++incarnation)
            .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
            .build());
  }

  private ServiceCache cache() throws InterruptedException {
    ServiceCache cache = client.cache("orders");
    assertThat(cache.awaitReady(SOON)).isTrue();
    return cache;
  }

  private static List<String> ids(List<ServiceInstance> instances) {
    return instances.stream().map(ServiceInstance::id).toList();
  }

  private FakeNode watched() {
    List<FakeNode> watched =
        cluster.nodes().stream().filter(it -> !it.watchStreams().isEmpty()).toList();
    assertThat(watched).hasSize(1);
    return watched.get(0);
  }

  private FakeWatchStream stream() {
    assertThat(watched().watchStreams()).hasSize(1);
    return watched().watchStreams().get(0);
  }

  @Test
  void aFilteredCacheHasOnlyThoseThatFitAndForgetsThoseThatCease() throws InterruptedException {
    putVersion("a", "1");
    putVersion("b", "2");
    ServiceCache filtered = client.cache("orders", "version == 1");
    ServiceCache all = cache();
    assertThat(filtered.awaitReady(SOON)).isTrue();
    assertThat(ids(filtered.instances())).containsExactly("a");

    putVersion("c", "1");
    putVersion("a", "2");
    loop.settle();

    assertThat(ids(filtered.instances())).containsExactly("c");
    assertThat(ids(all.instances())).containsExactly("a", "b", "c");
  }

  private void putVersion(String id, String version) {
    cluster.put(
        Instance.newBuilder()
            .setNamespace("default")
            .setService("orders")
            .setInstanceId(id)
            .setVersion(version)
            .setIncarnation(++incarnation)
            .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
            .build());
  }

  @Test
  void followsWhatHappens() throws InterruptedException {
    put("b");
    ServiceCache cache = cache();
    assertThat(ids(cache.instances())).containsExactly("b");
    assertThat(cache.state().isLive()).isTrue();

    put("a");
    put("c");
    cluster.remove("orders", "b", 0);
    loop.runFor(SOON);

    assertThat(ids(cache.instances())).containsExactly("a", "c");
    assertThat(cache.revision()).isEqualTo(cluster.revision());
  }

  @Test
  void whatOperatorsLaidDownComesWithTheInstances() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    assertThat(cache.spec()).isEmpty();
    var spec =
        ServiceSpec.newBuilder()
            .setService("orders")
            .putLabels("team", "pay")
            .setLoadBalancing(LoadBalancing.LOAD_BALANCING_RING_HASH)
            .putSubsets("blue", "meta.color == blue");
    long before = cluster.revision();
    send(specDelta(before, before + 1).setSpec(spec));

    var laidDown = cache.spec().orElseThrow();
    assertThat(laidDown.labels()).containsEntry("team", "pay");
    assertThat(laidDown.loadBalancing()).isEqualTo(dev.rollcall.client.LoadBalancing.RING_HASH);
    assertThat(laidDown.subsets()).containsEntry("blue", "meta.color == blue");
    assertThat(cache.view().spec()).contains(laidDown);
    assertThat(ids(cache.instances())).containsExactly("a");

    cluster.nodes().forEach(it -> it.stale(true));
    loop.runFor(SOON);
    assertThat(cache.spec()).contains(laidDown);
    send(specDelta(before + 1, before + 2).setSpecRemoved(true));
    assertThat(cache.spec()).isEmpty();
  }

  private static WatchDelta.Builder specDelta(long previous, long revision) {
    return WatchDelta.newBuilder().setPreviousRevision(previous).setRevision(revision);
  }

  private void send(WatchDelta.Builder delta) {
    stream().send(WatchResponse.newBuilder().setDeltas(WatchDeltas.newBuilder().addDeltas(delta)));
    loop.runFor(SOON);
  }

  @Test
  void anEmptyServiceIsReadyAndLive() throws InterruptedException {
    ServiceCache cache = cache();
    assertThat(cache.instances()).isEmpty();
    assertThat(cache.state()).isEqualTo(new CacheState.Live());
  }

  @Test
  void thatThereIsNobodyIsNotTakenFromANodeWithoutALeader() throws InterruptedException {
    cluster.nodes().forEach(it -> it.stale(true));
    ServiceCache cache = client.cache("orders");
    assertThat(cache.awaitReady(Duration.ofMinutes(1))).isFalse();
    assertThat(cache.state()).isEqualTo(new CacheState.Empty("the node does not hear its leader"));

    cluster.nodes().forEach(it -> it.stale(false));
    assertThat(cache.awaitReady(SOON)).isTrue();
    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void whatANodeWithoutALeaderKnowsIsBetterThanNothing() throws InterruptedException {
    put("a");
    cluster.nodes().forEach(it -> it.stale(true));
    ServiceCache cache = cache();
    loop.runFor(SOON);
    assertThat(ids(cache.instances())).containsExactly("a");
    assertThat(cache.state()).isInstanceOf(CacheState.Degraded.class);
  }

  @Test
  void aSnapshotInPartsIsSeenWhole() throws InterruptedException {
    cache();
    stream().partSize(2);
    for (int i = 0; i < 7; i++) {
      put("i-" + i);
    }
    ServiceCache cache = client.cache("orders");
    List<Integer> sizes = new ArrayList<>();
    cache.addListener(change -> sizes.add(change.instances().size()));
    loop.runFor(SOON);
    stream().reset();
    loop.runFor(SOON);
    assertThat(cache.instances()).hasSize(7);
    assertThat(sizes).doesNotContain(2, 4, 6);
  }

  @Test
  void listenersHearWhatChangedAndFirstOfAllWhatIsThere() throws InterruptedException {
    put("a");
    put("b");
    ServiceCache cache = cache();
    List<CacheChange> changes = new ArrayList<>();
    cache.addListener(changes::add);
    loop.settle();
    assertThat(ids(changes.get(0).added())).containsExactly("a", "b");

    put("a");
    put("c");
    cluster.remove("orders", "b", 0);
    loop.runFor(SOON);

    assertThat(changes).hasSize(2);
    assertThat(ids(changes.get(1).added())).containsExactly("c");
    assertThat(ids(changes.get(1).updated())).containsExactly("a");
    assertThat(ids(changes.get(1).removed())).containsExactly("b");
    assertThat(changes.get(1).revision()).isEqualTo(cluster.revision());
  }

  @Test
  void resumesOnAnotherNodeAndKeepsWhatItHadMeanwhile() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    FakeNode first = watched();
    first.kill();
    put("b");
    loop.settle();
    assertThat(ids(cache.instances())).startsWith("a");

    loop.runFor(SOON);

    assertThat(watched()).isNotSameAs(first);
    assertThat(ids(cache.instances())).containsExactly("a", "b");
    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void neverGoesBackToANodeThatIsBehind() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    FakeNode first = watched();
    cluster.nodes().stream().filter(it -> it != first).forEach(it -> it.hold(true));
    put("b");
    loop.runFor(SOON);
    long revision = cache.revision();
    first.kill();
    loop.runFor(Duration.ofSeconds(30));
    assertThat(ids(cache.instances())).containsExactly("a", "b");
    assertThat(cache.revision()).isEqualTo(revision);
    assertThat(cache.state()).isInstanceOf(CacheState.Degraded.class);

    cluster.nodes().forEach(it -> it.hold(false));
    loop.runFor(Duration.ofSeconds(10));

    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void aLostDeltaIsNoticedAndMadeGood() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    stream().loseDeltas(1);
    put("b");
    loop.runFor(SOON);
    assertThat(ids(cache.instances())).containsExactly("a");

    put("c");
    loop.runFor(SOON);

    assertThat(ids(cache.instances())).containsExactly("a", "b", "c");
    assertThat(cache.state().isLive()).isTrue();
    assertThat(stream().watchCount()).isEqualTo(1);
  }

  @Test
  void saysSinceWhenItMayBeOutOfDate() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    List<CacheState> states = new ArrayList<>();
    cache.onStateChange(states::add);
    cluster.stop();
    loop.runFor(Duration.ofMinutes(1));

    CacheState state = cache.state();
    assertThat(state).isInstanceOf(CacheState.Degraded.class);
    long age =
        loop.wallMicros() / 1_000_000 - ((CacheState.Degraded) state).since().getEpochSecond();
    assertThat(age).isBetween(59L, 61L);
    assertThat(ids(cache.instances())).containsExactly("a");
    assertThat(states).hasSize(1);
  }

  @Test
  void aCacheThatNeverGotAnythingSaysWhy() {
    cluster.stop();
    ServiceCache cache = client.cache("orders");
    loop.runFor(SOON);
    assertThat(cache.state()).isInstanceOf(CacheState.Empty.class);
    assertThat(((CacheState.Empty) cache.state()).cause()).contains("node-");
  }

  @Test
  void doesNotBecomeEmptyWhileItMayBeOutOfDate() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    cluster.nodes().forEach(it -> it.stale(true));
    cluster.remove("orders", "a", 0);
    loop.runFor(Duration.ofMinutes(1));
    assertThat(ids(cache.instances())).containsExactly("a");
    assertThat(cache.state()).isInstanceOf(CacheState.Degraded.class);

    cluster.nodes().forEach(it -> it.stale(false));
    loop.runFor(Duration.ofSeconds(5));

    assertThat(cache.instances()).isEmpty();
    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void becomesEmptyAtOnceWhenItIsUpToDate() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    cluster.remove("orders", "a", 0);
    loop.settle();
    assertThat(cache.instances()).isEmpty();
  }

  @Test
  void leavesANodeThatLostItsLeaderForOneThatHasOne() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    FakeNode first = watched();
    first.stale(true);
    loop.settle();
    assertThat(cache.state()).isInstanceOf(CacheState.Degraded.class);

    loop.runFor(Duration.ofSeconds(10));

    assertThat(watched()).isNotSameAs(first);
    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void bearsAShortElectionWithoutMoving() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    cluster.nodes().forEach(it -> it.stale(true));
    loop.runFor(Duration.ofMillis(1_500));
    cluster.nodes().forEach(it -> it.stale(false));
    loop.runFor(Duration.ofMinutes(1));

    assertThat(cache.state().isLive()).isTrue();
    assertThat(cluster.nodes().stream().mapToInt(FakeNode::watchesCreated).sum()).isEqualTo(1);
  }

  @Test
  void leavesANodeThatFellSilentInTheMiddle() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    FakeNode first = watched();
    cluster.nodes().stream().filter(it -> it != first).forEach(it -> it.silent(true));
    first.kill();
    loop.runFor(Duration.ofSeconds(2));
    first.start();

    loop.runFor(Duration.ofSeconds(20));

    assertThat(watched()).isSameAs(first);
    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void aRestoredRegistryIsTakenAsItIs() throws InterruptedException {
    put("a");
    put("b");
    put("c");
    ServiceCache cache = cache();
    long revision = cache.revision();

    cluster.restore(2);
    loop.runFor(SOON);

    assertThat(ids(cache.instances())).containsExactly("a");
    assertThat(cache.revision()).isEqualTo(revision - 2);
    put("d");
    loop.runFor(SOON);
    assertThat(ids(cache.instances())).containsExactly("a", "d");
  }

  @Test
  void aRegistryRestoredWhileAwayIsTakenAsItIs() throws InterruptedException {
    put("a");
    put("b");
    ServiceCache cache = cache();
    cluster.stop();
    loop.runFor(SOON);
    cluster.restore(1);
    cluster.nodes().forEach(FakeNode::start);
    loop.runFor(Duration.ofSeconds(5));

    assertThat(ids(cache.instances())).containsExactly("a");
    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void anotherClusterIsNeverBelieved() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    cluster.stop();
    cluster.becomeAnotherCluster();
    cluster.remove("orders", "a", 0);
    cluster.nodes().forEach(FakeNode::start);
    loop.runFor(Duration.ofSeconds(20));

    assertThat(ids(cache.instances())).containsExactly("a");
    assertThat(cache.state())
        .isInstanceOfSatisfying(
            CacheState.Degraded.class,
            state -> assertThat(state.cause()).contains("belongs to cluster"));
  }

  @Test
  void aWatchThatTheNodeEndsIsMadeAnew() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    stream().cancelAll(ErrorReason.OVERLOADED);
    put("b");
    loop.runFor(Duration.ofSeconds(2));
    assertThat(ids(cache.instances())).containsExactly("a", "b");
    assertThat(cache.state().isLive()).isTrue();
  }

  @Test
  void cachesOfOneServiceShareAWatchAndAllCachesAStream() throws InterruptedException {
    ServiceCache first = cache();
    ServiceCache second = client.cache("ORDERS");
    ServiceCache other = client.cache("payments");
    assertThat(other.awaitReady(SOON)).isTrue();
    assertThat(stream().watchCount()).isEqualTo(2);

    first.close();
    put("a");
    loop.runFor(SOON);
    assertThat(second.instances()).hasSize(1);
    second.close();
    second.close();
    loop.runFor(SOON);
    assertThat(stream().watchCount()).isEqualTo(1);
    other.close();
    loop.runFor(SOON);
    assertThat(cluster.nodes()).allMatch(it -> it.watchStreams().isEmpty());
  }

  @Test
  void aClosedCacheCallsNoListener() throws InterruptedException {
    ServiceCache cache = cache();
    client.cache("orders");
    List<CacheChange> changes = new ArrayList<>();
    cache.addListener(changes::add);
    cache.close();
    put("a");
    loop.runFor(SOON);
    assertThat(changes).isEmpty();
  }

  @Test
  void tellsTheNodeWhatItHasApplied() throws InterruptedException {
    cache();
    put("a");
    loop.runFor(Duration.ofMillis(200));
    put("b");
    loop.runFor(SOON);
    assertThat(stream().acknowledged()).isEqualTo(cluster.revision());
    // Said a quarter of a second after the first, of the second.
    assertThat(stream().acknowledgedMicrosAgo()).isEqualTo(50_000);
  }

  @Test
  void progressMovesTheRevisionAndKeepsTheList() throws InterruptedException {
    put("a");
    ServiceCache cache = cache();
    List<ServiceInstance> before = cache.instances();
    cluster.put(
        Instance.newBuilder()
            .setNamespace("default")
            .setService("payments")
            .setInstanceId("p")
            .setIncarnation(1)
            .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
            .build());
    stream().progress();
    loop.settle();
    assertThat(cache.revision()).isEqualTo(cluster.revision());
    assertThat(cache.instances()).isSameAs(before);
  }
}
