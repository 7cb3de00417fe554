package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.client.Consistency;
import dev.rollcall.client.NodeRole;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real cluster whose network is cut, slow, and whole again. Each test leaves it whole. */
final class ProxyTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration TWO_ELECTION_TIMEOUTS = Duration.ofMillis(2 * 1_600);

  @TempDir private static Path directory;
  private static NodeCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    cluster = NodeCluster.withNetwork(directory, 3);
    cluster.startAll();
    cluster.awaitServing();
  }

  @AfterEach
  void heal() {
    cluster.network().heal();
    cluster.network().delay(Duration.ZERO);
    cluster.awaitAgreement();
  }

  @AfterAll
  static void stop() {
    try {
      cluster.nodes().forEach(node -> assertThat(cluster.terminate(node)).isZero());
    } finally {
      cluster.close();
    }
  }

  @Test
  void goesOnWithoutALeaderThatWasCutOff() {
    int cutOff = cluster.awaitLeader(cluster.nodes());
    long term = cluster.status(cutOff).term();
    register(cluster.nodes(), "before-the-cut");

    cluster.network().isolate(cutOff);

    register(cluster.others(cutOff), "behind-its-back");
    int successor = cluster.awaitLeader(cluster.others(cutOff));
    assertThat(cluster.status(successor).term()).isGreaterThan(term);
    try (RegistryClient left = cluster.client(List.of(cutOff), SHORT)) {
      assertThatExceptionOfType(RegistryException.Unavailable.class)
          .isThrownBy(() -> left.resolve("behind-its-back"))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NO_QUORUM));
      assertThatExceptionOfType(RegistryException.class)
          .isThrownBy(() -> left.registerOnce(instance("never"), TTL));
      assertThat(left.resolve("before-the-cut", Consistency.any()).instances()).hasSize(1);
      assertThat(left.resolve("behind-its-back", Consistency.any()).instances()).isEmpty();
    }

    cluster.network().heal();

    register(List.of(cutOff), "through-the-old-leader");
    cluster.awaitAgreement();
    for (int node : cluster.nodes()) {
      assertThat(count(node, "behind-its-back")).isEqualTo(1);
      assertThat(count(node, "through-the-old-leader")).isEqualTo(1);
    }
  }

  @Test
  void keepsItsLeaderWhenOneFollowerIsDeafToIt() {
    int leader = cluster.awaitLeader(cluster.nodes());
    long term = cluster.status(leader).term();
    int deaf = cluster.others(leader).getFirst();

    cluster.network().cut(leader, deaf);

    // By then it has wanted to be leader itself, asked, and was told by both others that they
    // have one.
    int writes = 0;
    do {
      register(List.of(leader), "deaf-" + writes++);
    } while (cluster.status(deaf).lag().compareTo(TWO_ELECTION_TIMEOUTS) < 0);
    register(List.of(leader), "after-it-asked");
    assertThat(cluster.status(leader).role()).isEqualTo(NodeRole.LEADER);
    assertThat(cluster.status(leader).term()).isEqualTo(term);

    cluster.network().heal();

    assertThat(count(deaf, "after-it-asked")).isEqualTo(1);
    assertThat(cluster.status(leader).term()).isEqualTo(term);
  }

  @Test
  void writesOverASlowNetwork() {
    cluster.awaitLeader(cluster.nodes());

    cluster.network().delay(Duration.ofMillis(30));

    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      register(cluster.nodes(), "slow-" + i);
      // To a follower and back; a forwarded one twice.
      assertThat(Timing.since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
    }
  }

  @Test
  void replacesALeaderThatStandsStill() {
    int still = cluster.awaitLeader(cluster.nodes());
    cluster.pause(still);
    try {
      register(cluster.others(still), "while-it-stood-still");
    } finally {
      cluster.resume(still);
    }
    assertThat(count(still, "while-it-stood-still")).isEqualTo(1);
  }

  private static int count(int node, String service) {
    return cluster.observer(node).resolve(service).instances().size();
  }

  private static void register(Collection<Integer> nodes, String service) {
    try (RegistryClient client = cluster.client(nodes, NodeCluster.PATIENCE)) {
      client.registerOnce(instance(service), TTL);
    }
  }

  private static ServiceInstance instance(String service) {
    return ServiceInstance.builder(service)
        .id(service + "-1")
        .endpoint("http", "http", "127.0.0.1", 1)
        .build();
  }
}
