package dev.rollcall.client.keepalive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeKeepAliveStream;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.client.transport.Nodes;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {
  private static final Duration TTL = Duration.ofSeconds(6);

  private final VirtualLoop loop = new VirtualLoop(5);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final Nodes nodes =
      new Nodes(loop, cluster.channels(), List.of(cluster.endpoints().split(",", -1)));
  private final LeaseKeeper keeper = new LeaseKeeper(loop, nodes);
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void stop() {
    keeper.close();
    nodes.close();
    cluster.stop();
  }

  private final class Teller implements LeaseListener {
    private final String id;

    Teller(String id) {
      this.id = id;
    }

    @Override
    public void renewed(long believedUntilNanos) {
      told.add(id + " renewed");
    }

    @Override
    public void beliefEnded() {
      told.add(id + " in doubt");
    }

    @Override
    public void lost() {
      told.add(id + " lost");
    }
  }

  private void keep(String id, Duration ttl) {
    Instance instance =
        Instance.newBuilder()
            .setService("orders")
            .setInstanceId(id)
            .setIncarnation(1)
            .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
            .build();
    long leaseId = cluster.lease(instance, ttl);
    keeper.keep(leaseId, ttl, loop.nanoTime(), new Teller(id));
  }

  private List<FakeKeepAliveStream> streams() {
    return cluster.nodes().stream().flatMap(it -> it.keepAliveStreams().stream()).toList();
  }

  private FakeNode used() {
    List<FakeNode> used =
        cluster.nodes().stream().filter(it -> !it.keepAliveStreams().isEmpty()).toList();
    assertThat(used).hasSize(1);
    return used.get(0);
  }

  @Test
  void allLeasesShareOneStreamAndFewMessages() {
    for (int i = 0; i < 100; i++) {
      keep("i-" + i, TTL);
    }
    loop.runFor(TTL.multipliedBy(10));

    assertThat(streams()).hasSize(1);
    assertThat(cluster.instances("orders")).hasSize(100);
    // About three renewals per TTL for each lease, in a fraction of that many messages.
    assertThat(streams().get(0).requests()).isLessThan(1_000);
    assertThat(cluster.leases().values()).allMatch(it -> it.renewals() >= 29);
  }

  @Test
  void leasesOfDifferentLengthAreEachRenewedInTime() {
    keep("short", Duration.ofSeconds(1));
    keep("long", Duration.ofMinutes(10));
    loop.runFor(Duration.ofMinutes(5));
    assertThat(cluster.instances("orders")).hasSize(2);
    assertThat(told).doesNotContain("short in doubt", "long in doubt");
    assertThat(told.stream().filter("long renewed"::equals).count()).isLessThan(4);
  }

  @Test
  void aBrokenStreamMovesToAnotherNodeAtOnce() {
    keep("a", TTL);
    loop.runFor(TTL);
    FakeNode first = used();
    told.clear();
    first.kill();

    // Renewals were due within a third of the TTL; the move itself takes no time.
    loop.runFor(TTL.dividedBy(3));

    assertThat(used()).isNotSameAs(first);
    assertThat(told).containsExactly("a renewed");
  }

  @Test
  void aQuestionThatWasUnderWayIsAskedAgainElsewhereAtOnce() {
    keep("a", TTL);
    loop.runFor(TTL);
    FakeNode first = used();
    int requests = first.keepAliveStreams().get(0).requests();
    first.silent(true);
    boolean isAsked =
        loop.runUntil(() -> first.keepAliveStreams().get(0).requests() > requests, TTL);
    assertThat(isAsked).isTrue();
    told.clear();

    // A sixth of the TTL, then elsewhere.
    loop.runFor(TTL.dividedBy(6).plusMillis(1));

    assertThat(told).containsExactly("a renewed");
    assertThat(used()).isNotSameAs(first);
  }

  @Test
  void oneDeadNodeAfterAnotherNeverPutsALeaseInDoubt() {
    keep("a", TTL);
    for (int round = 0; round < 20; round++) {
      loop.runFor(TTL.dividedBy(2));
      FakeNode node = used();
      node.kill();
      loop.runFor(TTL.dividedBy(2));
      node.start();
    }
    assertThat(told).containsOnly("a renewed");
    assertThat(cluster.instances("orders")).hasSize(1);
  }

  @Test
  void beliefEndsFourFifthsOfTheTtlAfterTheLastConfirmedRequestWasSent() {
    keep("a", TTL);
    loop.runFor(TTL.multipliedBy(3));
    long lastRenewalNanos = lastRenewal();
    cluster.stop();

    assertThat(loop.runUntil(() -> told.contains("a in doubt"), TTL)).isTrue();

    assertThat(loop.nanoTime() - lastRenewalNanos)
        .isEqualTo(TTL.multipliedBy(8).dividedBy(10).toNanos());
  }

  /** Requests are answered in no time here, so the moment of the answer is that of the request. */
  private long lastRenewal() {
    int renewals = told.size();
    assertThat(loop.runUntil(() -> told.size() > renewals, TTL)).isTrue();
    return loop.nanoTime();
  }

  @Test
  void goesOnAfterTheBeliefEndedAndSaysWhatBecameOfTheLease() {
    keep("a", TTL);
    keep("b", TTL);
    cluster.quorum(false);
    loop.runFor(Duration.ofMinutes(10));
    assertThat(told).containsExactlyInAnyOrder("a in doubt", "b in doubt");
    told.clear();

    cluster.quorum(true);
    cluster.expire("orders", "b");
    loop.runFor(Duration.ofSeconds(3));

    assertThat(told).contains("a renewed", "b lost").doesNotContain("a lost", "b renewed");
  }

  @Test
  void aReleasedLeaseIsNotRenewedAndTheLastOneEndsTheStream() {
    keep("a", TTL);
    loop.runFor(TTL);
    long leaseId = cluster.leases().keySet().iterator().next();
    told.clear();
    keeper.release(leaseId);
    loop.runFor(TTL.multipliedBy(2));
    assertThat(told).isEmpty();
    assertThat(streams()).isEmpty();
    assertThat(cluster.instances("orders")).isEmpty();
  }

  @Test
  void anAnswerThatForgetsALeaseIsNotTakenForARenewal() {
    keep("a", TTL);
    cluster.nodes().forEach(it -> it.forgetful(true));
    loop.runFor(TTL);
    assertThat(told).containsExactly("a in doubt");
    cluster.nodes().forEach(it -> it.forgetful(false));
    loop.runFor(TTL);
    assertThat(told).contains("a lost"); // nobody renewed it
  }

  @Test
  void anotherClusterIsNotAsked() {
    keep("a", TTL);
    loop.runFor(TTL);
    cluster.becomeAnotherCluster();
    told.clear();
    loop.runFor(TTL);
    assertThat(told).containsExactly("a in doubt");
  }
}
