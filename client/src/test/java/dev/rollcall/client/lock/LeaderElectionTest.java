package dev.rollcall.client.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.cache.KeyCache;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final VirtualLoop loop = new VirtualLoop(17);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final RegistryClient client = TestClients.of(loop, cluster);

  /** Knows one node only, with which it falls silent. */
  private final RegistryClient silent =
      TestClients.of(loop, TestClients.builder(cluster).endpoints(cluster.node(0).address()));

  @AfterEach
  void stop() {
    client.close();
    silent.close();
    cluster.stop();
  }

  @Test
  void theNextCandidateLeadsWhenTheLeaderResigns() throws InterruptedException {
    LeaderElection election = client.election("scheduler");
    assertThat(election.leader()).isEmpty();
    List<String> seen = new ArrayList<>();
    try (KeyCache observed =
        election.observe(leader -> seen.add(leader.map(Leader::name).orElse("-")))) {
      loop.settle();
      LeaderElection.Leadership a = election.campaign("a", LONG).orElseThrow();
      assertThat(election.leader()).contains(new Leader("a", a.fencingToken()));
      loop.schedule(Duration.ofSeconds(5), a::close);

      LeaderElection.Leadership b = election.campaign("b", LONG).orElseThrow();

      assertThat(a.isLeader()).isFalse();
      assertThat(b.isLeader()).isTrue();
      assertThat(b.fencingToken()).isGreaterThan(a.fencingToken());
      assertThat(election.leader()).contains(new Leader("b", b.fencingToken()));
      b.close();
      loop.settle();
      assertThat(seen).containsExactly("-", "a", "b", "-");
      assertThat(observed.entries()).isEmpty();
    }
  }

  @Test
  void aLeaderThatFellSilentIsFollowedAfterItsLease() throws InterruptedException {
    LeaderElection.Leadership gone =
        silent.election("scheduler", Duration.ofSeconds(5)).campaign("gone", LONG).orElseThrow();
    long before = loop.nanoTime();
    cluster.node(0).kill();

    LeaderElection.Leadership next =
        client.election("scheduler").campaign("next", LONG).orElseThrow();

    assertThat(loop.nanoTime() - before).isLessThanOrEqualTo(Duration.ofSeconds(5).toNanos());
    assertThat(gone.isLeader()).isFalse();
    assertThat(next.fencingToken()).isGreaterThan(gone.fencingToken());
  }
}
