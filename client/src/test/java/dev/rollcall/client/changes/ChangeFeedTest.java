package dev.rollcall.client.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.client.transport.Nodes;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.Instance;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChangeFeedTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final VirtualLoop loop = new VirtualLoop(19);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final RegistryClient client = TestClients.of(loop, cluster);
  private final List<String> told = new ArrayList<>();
  private OptionalLong goOnFrom = OptionalLong.empty();
  private Optional<ChangeGap> gap = Optional.empty();
  private long incarnation;

  @AfterEach
  void stop() {
    client.close();
    cluster.stop();
  }

  private final class Teller implements ChangeListener {
    @Override
    public void changed(RevisionChanges changes) {
      String what = changes.changes().stream().map(ChangeFeedTest::text).toList().toString();
      told.add(changes.revision() + what);
    }

    @Override
    public OptionalLong gap(ChangeGap found) {
      gap = Optional.of(found);
      told.add(found.kind().toString());
      return goOnFrom;
    }

    @Override
    public void ended(RegistryException cause) {
      told.add("ended " + cause.reason());
    }
  }

  private static String text(Change change) {
    if (change instanceof Change.InstancePut put) {
      return "+" + put.instance().id();
    }
    if (change instanceof Change.InstanceRemoved removed) {
      return "-" + removed.id();
    }
    if (change instanceof Change.KeyPut put) {
      return put.entry().key() + "=" + put.entry().value();
    }
    return change instanceof Change.KeyDeleted deleted
        ? "-" + deleted.key() + " " + deleted.cause()
        : change.toString();
  }

  private long put(String id) {
    return cluster.put(
        Instance.newBuilder()
            .setNamespace("default")
            .setService("orders")
            .setInstanceId(id)
            .setIncarnation(++incarnation)
            .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
            .build());
  }

  private FakeNode watched() {
    List<FakeNode> watched =
        cluster.nodes().stream().filter(it -> !it.watchStreams().isEmpty()).toList();
    assertThat(watched).hasSize(1);
    return watched.get(0);
  }

  @Test
  void everyChangeFromNowOnIsToldOnceAcrossNodes() {
    put("before");
    ChangeFeed feed = client.changes(ChangeQuery.service("orders"), new Teller());
    loop.settle();
    assertThat(feed.position().revision()).isEqualTo(cluster.revision());
    put("a");
    watched().kill();
    put("b");
    loop.runFor(LONG);
    watched().watchStreams().get(0).breakOff();
    cluster.remove("orders", "a", 0);
    loop.runFor(LONG);
    cluster.keys().put("another", "thing");
    watched().watchStreams().get(0).progress();
    loop.settle();

    assertThat(told).containsExactly("102[+a]", "103[+b]", "104[-a]");
    assertThat(feed.position().revision()).isEqualTo(105);
    loop.runFor(LONG);
    feed.close();
    put("c");
    loop.runFor(LONG);
    assertThat(told).hasSize(3);
    assertThat(cluster.nodes()).allMatch(node -> node.watchStreams().isEmpty());
  }

  @Test
  void aFeedGoesOnFromARevision() {
    long first = put("a");
    put("b");
    ChangeFeed feed = client.changes(ChangeQuery.service("orders").from(first + 1), new Teller());
    loop.runFor(LONG);
    assertThat(told).containsExactly("102[+b]");
    told.clear();

    ChangeFeed.Position position = feed.position();
    client.changes(
        ChangeQuery.service("orders").from(position.revision(), position.historyId()),
        new Teller());
    loop.runFor(LONG);
    assertThat(told).containsExactly("102[+b]");
  }

  @Test
  void aRevisionInPartsIsToldWhole() {
    client.changes(ChangeQuery.keys("a/"), new Teller());
    loop.settle();
    cluster.keys().put("a/1", "x");
    cluster.keys().put("a/2", "y");
    watched().watchStreams().get(0).changes().split(true);
    cluster.keys().delete("a/", true);
    loop.settle();
    assertThat(told)
        .containsExactly("101[a/1=x]", "102[a/2=y]", "103[-a/1 REQUESTED, -a/2 REQUESTED]");
  }

  @Test
  void whatWasCompactedIsSaidAndTheListenerGoesOnOrNot() {
    long first = put("a");
    for (int i = 0; i < 5; i++) {
      put("b" + i);
    }
    cluster.compact(first + 3);
    client.changes(ChangeQuery.service("orders").from(first), new Teller());
    loop.runFor(LONG);
    assertThat(told).containsExactly("COMPACTED", "ended COMPACTED");
    assertThat(gap.orElseThrow().wantedRevision()).isEqualTo(first);
    assertThat(gap.orElseThrow().resumeRevision()).isEqualTo(first + 3);
    told.clear();

    goOnFrom = OptionalLong.of(first + 4);
    client.changes(ChangeQuery.service("orders").from(first), new Teller());
    loop.runFor(LONG);
    assertThat(told).containsExactly("COMPACTED", "105[+b3]", "106[+b4]");
  }

  @Test
  void aCompactionWhileAwayIsSaidAfterAllThatCameBefore() {
    ChangeFeed feed = client.changes(ChangeQuery.service("orders"), new Teller());
    loop.settle();
    put("a");
    watched().kill();
    long missed = put("b");
    cluster.compact(missed + 1);
    loop.runFor(LONG);
    assertThat(told).containsExactly("101[+a]", "COMPACTED", "ended COMPACTED");
    assertThat(feed.position().revision()).isEqualTo(missed - 1);
  }

  @Test
  void aRestoredRegistryIsSaid() {
    client.changes(ChangeQuery.service("orders"), new Teller());
    loop.settle();
    put("a");
    put("b");
    loop.settle();
    goOnFrom = OptionalLong.of(102);
    cluster.restore(1);
    put("c");
    loop.runFor(LONG);
    assertThat(told).containsExactly("101[+a]", "102[+b]", "HISTORY_CHANGED", "102[+c]");
    assertThat(gap.orElseThrow().wantedRevision()).isEqualTo(103);
  }

  @Test
  void thatNoChangesComeIsSaidOnce() {
    client.changes(
        ChangeQuery.service("orders"),
        new ChangeListener() {
          @Override
          public void changed(RevisionChanges changes) {}

          @Override
          public void degraded(String cause) {
            told.add("degraded");
          }

          @Override
          public void live() {
            told.add("live");
          }
        });
    loop.runFor(LONG);
    assertThat(told).isEmpty();
    cluster.stop();
    loop.runFor(LONG);
    cluster.nodes().forEach(FakeNode::start);
    loop.runFor(LONG);
    assertThat(told).containsExactly("degraded", "live");
  }

  @Test
  void whatTheRegistryRefusesEndsIt() {
    client.changes(ChangeQuery.service("orders").withFilter("broken"), new Teller());
    loop.runFor(LONG);
    assertThat(told).containsExactly("ended " + Reason.INVALID_FILTER);
  }

  @Test
  void nothingMoreIsTakenThanASlowListenerHears() {
    Deque<Runnable> calls = new ArrayDeque<>();
    var nodes = new Nodes(loop, cluster.channels(), List.of(cluster.endpoints().split(",", -1)));
    var feeds = new ChangeFeeds(loop, calls::add, nodes, "default");
    feeds.feed(ChangeQuery.keys(""), new Teller());
    loop.settle();
    String big = "x".repeat(100_000);
    for (int i = 0; i < 200; i++) {
      cluster.keys().put("k" + i, big);
      loop.settle();
    }
    // One MiB, and what was on its way: not the twenty that there are.
    assertThat(calls).hasSizeLessThan(20);

    while (!calls.isEmpty()) {
      calls.remove().run();
      loop.settle();
    }
    assertThat(told).hasSize(200);
    feeds.close();
    nodes.close();
  }

  /** Pinned ones, and a fresh one that its name in the report tells. */
  static List<Long> seeds() {
    return Stream.concat(
            LongStream.rangeClosed(1, 30).boxed(),
            Stream.of(ThreadLocalRandom.current().nextLong(1L << 40)))
        .toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noChangeIsSkippedOrRepeatedWhateverHappens(long seed) {
    Random random = new Random(seed);
    client.changes(ChangeQuery.service("orders").from(101), new Teller());
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      FakeNode node = cluster.node(random.nextInt(3));
      switch (random.nextInt(8)) {
        case 0 -> node.kill();
        case 1 -> node.hold(random.nextBoolean());
        case 2 -> List.copyOf(node.watchStreams()).forEach(it -> it.breakOff());
        case 3 -> node.watchStreams().forEach(it -> it.progress());
        case 4 -> {
          if (!node.isUp()) {
            node.start();
          }
        }
        default -> {
          long revision = put("i" + i);
          made.add(revision + "[+i" + i + "]");
        }
      }
      loop.runFor(Duration.ofMillis(random.nextInt(1_000)));
    }
    for (FakeNode node : cluster.nodes()) {
      if (!node.isUp()) {
        node.start();
      }
      node.hold(false);
    }
    loop.runFor(LONG);
    assertThat(told).isEqualTo(made);
  }
}
