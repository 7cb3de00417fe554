package dev.rollcall.server;

import static dev.rollcall.server.EurekaCalls.instance;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eureka's clients do not follow leaders: any node must do, and the next may be another one. */
class EurekaThreeNodesTest {
  private static final long DIRTY = 1_700_000_000_123L;

  private ThreeNodes servers;
  private final List<EurekaCalls> nodes = new ArrayList<>();

  @BeforeEach
  void start(@TempDir Path directory) {
    servers = new ThreeNodes(directory);
    servers.stream().forEach(server -> nodes.add(new EurekaCalls(server.httpAddress())));
  }

  @AfterEach
  void stop() {
    nodes.forEach(EurekaCalls::close);
    servers.close();
  }

  @Test
  void whatOneNodeAcknowledgedTheNextKnows() {
    for (int i = 0; i < 40; i++) {
      String id = "i-" + i;
      String path = "/apps/ORDERS/" + id;
      var one = nodes.get(i % 3);
      var other = nodes.get((i + 1) % 3);
      var third = nodes.get((i + 2) % 3);
      assertThat(one.register(instance("ORDERS", id, DIRTY))).isEqualTo(204);
      assertThat(one.shown("ORDERS", id)).as("seen where it was written").isNotNull();
      assertThat(one.instances("/apps/delta")).hasSize(i + 1);
      assertThat(other.put(path + "?lastDirtyTimestamp=" + DIRTY).status()).isEqualTo(200);
      assertThat(third.put(path + "/status?value=OUT_OF_SERVICE").status()).isEqualTo(200);
      assertThat(one.put(path + "/metadata?a=" + i).status()).isEqualTo(200);
      assertThat(other.delete(path + "/status").status()).isEqualTo(200);
      assertThat(other.status("ORDERS", id)).isEqualTo("UP");
    }
  }

  @Test
  void aLateDownThatTakesAnotherWayDoesNotBringAnInstanceBack() {
    for (int i = 0; i < 40; i++) {
      String id = "i-" + i;
      var one = nodes.get(i % 3);
      var other = nodes.get((i + 1) % 3);
      one.register(instance("ORDERS", id, DIRTY));
      assertThat(one.delete("/apps/ORDERS/" + id).status()).isEqualTo(200);
      var down = instance("ORDERS", id, DIRTY + 10);
      down.addProperty("status", "DOWN");
      assertThat(other.register(down)).isEqualTo(204);
      assertThat(other.put("/apps/ORDERS/" + id).status()).isEqualTo(404);
      assertThat(other.instances("/apps")).isEmpty();
    }
  }

  @Test
  void aLeaderThatGoesTakesNobodyAlong() {
    for (int i = 0; i < 10; i++) {
      assertThat(nodes.get(i % 3).register(instance("ORDERS", "i-" + i, DIRTY))).isEqualTo(204);
    }
    int leader = servers.leader();
    servers.get(leader).close();
    var left = nodes.get((leader + 1) % 3);
    for (int i = 0; i < 10; i++) {
      assertThat(left.put("/apps/ORDERS/i-" + i).status()).isEqualTo(200);
    }
    assertThat(left.register(instance("ORDERS", "i-10", DIRTY))).isEqualTo(204);
    assertThat(left.hash("/apps")).isEqualTo("UP_11_");
  }

  @Test
  void withoutAQuorumListsAreAnsweredAndHeartbeatsGoElsewhere() {
    nodes.getFirst().register(instance("ORDERS", "i-1", DIRTY));
    nodes.forEach(node -> assertThat(node.put("/apps/ORDERS/i-1").status()).isEqualTo(200));
    servers.get(1).close();
    servers.get(2).close();
    var left = nodes.getFirst();
    assertThat(left.hash("/apps")).isEqualTo("UP_1_");
    var heartbeat = left.put("/apps/ORDERS/i-1");
    assertThat(heartbeat.status()).isEqualTo(503);
    assertThat(heartbeat.body()).isEmpty();
    assertThat(left.register(instance("ORDERS", "i-2", DIRTY))).isEqualTo(503);
    assertThat(left.hash("/apps/delta")).isEqualTo("UP_1_");
  }
}
