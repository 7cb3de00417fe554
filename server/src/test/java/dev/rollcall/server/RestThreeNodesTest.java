package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A balancer in front of three nodes sends each request to another one: any must do. */
class RestThreeNodesTest {
  private ThreeNodes servers;
  private final List<HttpNode> nodes = new ArrayList<>();

  @BeforeEach
  void start(@TempDir Path directory) {
    servers = new ThreeNodes(directory);
    servers.stream().forEach(server -> nodes.add(new HttpNode(server.httpAddress())));
  }

  @AfterEach
  void stop() {
    nodes.forEach(HttpNode::close);
    servers.close();
  }

  @Test
  void whatOneNodeAcknowledgedTheNextKnows() {
    for (int i = 0; i < 30; i++) {
      var one = nodes.get(i % 3);
      var other = nodes.get((i + 1) % 3);
      var third = nodes.get((i + 2) % 3);
      String path = "/v1/services/orders/instances/i-" + i;

      String lease = register(one, i);
      assertThat(instances(other)).hasSize(i + 1);
      assertThat(
              other.json("POST", "/v1/leases/" + lease + "/renew", "").get("alive").getAsBoolean())
          .isTrue();
      third.json("PATCH", path, "{\"status\": \"STATUS_DOWN\"}");
      assertThat(one.json(path).getAsJsonObject("instance").get("effectiveStatus").getAsString())
          .isEqualTo("STATUS_DOWN");
    }
    for (int i = 0; i < 30; i++) {
      nodes.get(i % 3).json("DELETE", "/v1/services/orders/instances/i-" + i, "");
      assertThat(instances(nodes.get((i + 1) % 3))).hasSize(29 - i);
    }
  }

  @Test
  void whenTheLeaderGoesTheOthersGoOnAndHaveLostNothing() {
    String lease = register(nodes.getFirst(), 0);
    int leader = servers.leader();
    servers.get(leader).close();

    var left = nodes.get((leader + 1) % 3);
    assertThat(left.json("POST", "/v1/leases/" + lease + "/renew", "").get("alive").getAsBoolean())
        .isTrue();
    register(left, 1);
    assertThat(instances(nodes.get((leader + 2) % 3))).hasSize(2);
  }

  private static String register(HttpNode node, int number) {
    return node.json(
            "PUT",
            "/v1/services/orders/instances/i-" + number + "?ttl_millis=60000",
            "{\"endpoints\": [{\"name\": \"http\", \"host\": \"10.0.0.7\", \"port\": 8080}]}")
        .get("leaseId")
        .getAsString();
  }

  private static JsonArray instances(HttpNode node) {
    var instances = node.json("/v1/services/orders/instances").getAsJsonArray("instances");
    return instances == null ? new JsonArray() : instances;
  }
}
