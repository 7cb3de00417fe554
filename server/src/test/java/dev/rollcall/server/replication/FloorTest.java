package dev.rollcall.server.replication;

import static dev.rollcall.server.replication.Requests.TTL;
import static dev.rollcall.server.replication.Requests.key;
import static dev.rollcall.server.replication.Requests.lease;
import static dev.rollcall.server.replication.Requests.renew;
import static dev.rollcall.server.replication.Requests.submit;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Command;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.LoadBalancing;
import dev.rollcall.store.instance.ServiceSpec;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Services that must not lose their last instances to silence. */
class FloorTest {
  private final HandCluster cluster = new HandCluster(3, 7);

  @Test
  void theLastOneIsKeptAsASuspectHoweverLongItIsSilent() {
    var leader = cluster.elect();
    floor(leader, 1);
    lease(cluster, leader, "i-1");
    lease(cluster, leader, "i-2");
    cluster.run(TTL.plusMillis(700));

    assertThat(kept(leader)).isEqualTo(1);
    long entries = leader.store.status().lastApplied();
    cluster.run(TTL.multipliedBy(4));
    assertThat(kept(leader)).isEqualTo(1);
    assertThat(leader.store.status().lastApplied() - entries)
        .as("asked again once a TTL, with a comparison of states each, not ten times a second")
        .isBetween(1L, 12L);
  }

  @Test
  void isTrustedAgainOnceItIsRenewed() {
    var leader = cluster.elect();
    floor(leader, 1);
    long lease = lease(cluster, leader, "i-1");
    cluster.run(TTL.plusMillis(700));
    assertThat(isSuspect(leader)).isTrue();

    var heard = renew(cluster.followerNow(), lease);
    cluster.runUntil(heard::isGiven);
    assertThat(heard.value()).containsExactly(TTL.toMillis());
    cluster.runUntil(() -> !isSuspect(leader));
  }

  @Test
  void goesOnceAnotherTakesItsPlace() {
    var leader = cluster.elect();
    floor(leader, 1);
    lease(cluster, leader, "i-1");
    cluster.run(TTL.plusMillis(700));
    long other = lease(cluster, leader, "i-2");
    for (int i = 0; i < 6; i++) {
      renew(cluster.followerNow(), other);
      cluster.run(TTL.dividedBy(3));
    }

    assertThat(leader.has("i-1")).isFalse();
    assertThat(leader.has("i-2")).isTrue();
  }

  @Test
  void keepsNoLeaseThatHasKeys() {
    var leader = cluster.elect();
    floor(leader, 2);
    long lease = lease(cluster, leader, "i-1");
    lease(cluster, leader, "i-2");
    var put =
        new Command.PutKey(
            HandCluster.SERVICE.namespace(), "lock", ByteString.EMPTY, lease, OptionalLong.empty());
    var heard = submit(leader, Request.of(put));
    cluster.runUntil(heard::isGiven);
    cluster.run(TTL.plusMillis(700));

    assertThat(leader.has("i-1")).isFalse();
    assertThat(leader.has("i-2")).isTrue();
    String namespace = HandCluster.SERVICE.foldedNamespace();
    assertThat(leader.store.key(namespace, "lock")).isEmpty();
  }

  private void floor(HandNode node, int floor) {
    var spec =
        new ServiceSpec(
            HandCluster.SERVICE,
            new TreeMap<>(),
            0,
            floor,
            LoadBalancing.UNSPECIFIED,
            new TreeMap<>());
    var heard = submit(node, Request.of(new Command.PutServiceSpec(spec, OptionalLong.empty())));
    cluster.runUntil(heard::isGiven);
  }

  private static int kept(HandNode node) {
    var service = node.store.service(HandCluster.SERVICE);
    assertThat(service.instances()).allMatch(each -> each.standing().isSuspect());
    return service.size();
  }

  private static boolean isSuspect(HandNode node) {
    return node.store.instance(key("i-1")).orElseThrow().standing().isSuspect();
  }
}
