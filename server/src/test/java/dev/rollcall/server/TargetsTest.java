package dev.rollcall.server;

import static dev.rollcall.server.HttpNode.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus is told to scrape. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TargetsTest {
  private RegistryServer server;
  private HttpNode node;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    node = new HttpNode(server.httpAddress());
    node.json(
        "PUT",
        "/v1/services/Orders/instances/i-1?ttl_millis=86400000",
        """
        {"endpoints": [{"name": "http", "protocol": "http", "host": "10.0.0.1", "port": 8080},
                       {"name": "metrics", "host": "fd00::1", "port": 9100, "tls": true}],
         "locality": {"region": "eu", "zone": "z1"}, "version": "2.3.1", "tags": ["a", "b"],
         "metadata": {"team": "pay", "pod.name": "x", "pod-name": "y"}}
        """);
    node.json(
        "PUT",
        "/v1/services/orders/instances/i-2?ttl_millis=86400000",
        """
        {"endpoints": [{"name": "http", "host": "10.0.0.2", "port": 8080}],
         "status": "STATUS_STARTING"}
        """);
    node.json(
        "PUT",
        "/v1/services/stock/instances/s-1?ttl_millis=86400000",
        "{\"endpoints\": [{\"name\": \"http\", \"host\": \"10.0.0.3\", \"port\": 80}]}");
    node.json(
        "PUT",
        "/v1/services/stock/instances/s-1?namespace=other&ttl_millis=86400000",
        "{\"endpoints\": [{\"name\": \"http\", \"host\": \"10.0.0.4\", \"port\": 80}]}");
  }

  @AfterAll
  void stop() {
    node.close();
    server.close();
  }

  @Test
  void everyInstanceThatIsUpIsATargetWithItsLabels() {
    HttpResponse<String> answer = node.get("/prometheus/http_sd");
    JsonArray groups = JsonParser.parseString(answer.body()).getAsJsonArray();

    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(targets(groups)).containsExactly("[fd00::1]:9100", "10.0.0.3:80");
    JsonObject labels = groups.get(0).getAsJsonObject().getAsJsonObject("labels");
    assertThat(labels)
        .isEqualTo(
            JsonParser.parseString(
                """
                {"__meta_rollcall_namespace": "default", "__meta_rollcall_service": "Orders",
                 "__meta_rollcall_instance_id": "i-1", "__meta_rollcall_status": "UP",
                 "__meta_rollcall_endpoint": "metrics", "__meta_rollcall_region": "eu",
                 "__meta_rollcall_zone": "z1", "__meta_rollcall_version": "2.3.1",
                 "__meta_rollcall_weight": "100", "__meta_rollcall_tags": ",a,b,",
                 "__meta_rollcall_metadata_team": "pay",
                 "__meta_rollcall_metadata_pod_name": "y", "__scheme__": "https"}
                """));
  }

  @Test
  void targetsAreChosenByServiceEndpointStatusFilterAndNamespace() {
    assertThat(targets("?service=stock")).containsExactly("10.0.0.3:80");
    assertThat(targets("?service=STOCK&service=orders")).hasSize(2);
    assertThat(targets("?service=nobody")).isEmpty();
    assertThat(targets("?endpoint=http")).containsExactly("10.0.0.1:8080", "10.0.0.3:80");
    assertThat(targets("?endpoint=grpc")).isEmpty();
    assertThat(targets("?status=STARTING")).containsExactly("10.0.0.2:8080");
    assertThat(targets("?status=any")).hasSize(3);
    assertThat(targets("?filter=meta.team%20%3D%3D%20pay")).containsExactly("[fd00::1]:9100");
    assertThat(targets("?namespace=other")).containsExactly("10.0.0.4:80");
  }

  @Test
  void badInputIsAnsweredInOneLine() {
    assertThat(refusal(node.get("/prometheus/http_sd?services=x")))
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(node.get("/prometheus/http_sd?status=up"))).isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(node.get("/prometheus/http_sd?service=a/b"))).isEqualTo("400 INVALID_NAME");
    assertThat(refusal(node.get("/prometheus/http_sd?filter=%28"))).isEqualTo("400 INVALID_FILTER");
    assertThat(refusal(node.send("POST", "/prometheus/http_sd", "")))
        .isEqualTo("405 METHOD_NOT_ALLOWED");
  }

  /** The real thing, where it is installed. */
  @Test
  void prometheusDiscoversThem(@TempDir Path directory) throws IOException, InterruptedException {
    Path promtool = Path.of("/usr/bin/promtool");
    if (!Files.isExecutable(promtool)) {
      System.err.println("not tried: promtool is not installed");
      return;
    }
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        scrape_configs:
          - job_name: rollcall
            http_sd_configs:
              - url: http://%s/prometheus/http_sd
            relabel_configs:
              - source_labels: [__meta_rollcall_service]
                target_label: service
        """
            .formatted(server.httpAddress()));
    Process process =
        new ProcessBuilder(
                List.of(
                    promtool.toString(),
                    "check",
                    "service-discovery",
                    "--timeout=10s",
                    config.toString(),
                    "rollcall"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String found = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(found)
        .contains("\"__address__\": \"[fd00::1]:9100\"")
        .contains("\"__address__\": \"10.0.0.3:80\"")
        .contains("\"service\": \"Orders\"");
  }

  private List<String> targets(String query) {
    return targets(
        JsonParser.parseString(node.get("/prometheus/http_sd" + query).body()).getAsJsonArray());
  }

  private static List<String> targets(JsonArray groups) {
    return groups.asList().stream()
        .map(group -> group.getAsJsonObject().getAsJsonArray("targets").get(0).getAsString())
        .toList();
  }
}
