package dev.rollcall.server;

import static dev.rollcall.server.EurekaCalls.instance;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.rollcall.v1.ClearOverrideRequest;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eureka's interface of one node, over HTTP, and what the registry makes of it. */
class EurekaTest {
  private static final long DIRTY = 1_700_000_000_123L;
  private static final String HEARTBEAT = "/apps/ORDERS/i-1?status=UP&lastDirtyTimestamp=";

  @TempDir Path directory;
  private RegistryServer server;
  private EurekaCalls eureka;
  private TestClient client;

  @BeforeEach
  void start() {
    server = TestNode.single(directory);
    eureka = new EurekaCalls(server.httpAddress());
    client = new TestClient(server.clientAddress());
  }

  @AfterEach
  void stop() {
    eureka.close();
    client.close();
    server.close();
  }

  @Test
  void aRegistrationIsAnOrdinaryInstance() {
    var wire = instance("ORDERS", "i-1", DIRTY);
    var metadata = new JsonObject();
    metadata.addProperty("zone", "z1");
    metadata.addProperty("weight", "7");
    metadata.addProperty("version", "2.3.1");
    wire.add("metadata", metadata);
    assertThat(eureka.register(wire)).isEqualTo(204);

    var ours = client.resolve("orders").getInstances(0);
    assertThat(ours.getInstanceId()).isEqualTo("i-1");
    assertThat(ours.getIncarnation()).isEqualTo(DIRTY * 1_000);
    assertThat(ours.getEndpoints(0).getHost()).isEqualTo("i-1.example");
    assertThat(ours.getEndpoints(0).getPort()).isEqualTo(8080);
    assertThat(ours.getLocality().getZone()).isEqualTo("z1");
    assertThat(ours.getWeight()).isEqualTo(7);
    assertThat(ours.getVersion()).isEqualTo("2.3.1");
    assertThat(ours.getStatus()).isEqualTo(Status.STATUS_UP);
  }

  @Test
  void whatWasRegisteredIsGivenBack() {
    var wire = instance("ORDERS", "i-1", DIRTY);
    wire.addProperty("homePageUrl", "http://i-1.example:8080/");
    wire.addProperty("asgName", "asg-7");
    wire.addProperty("somethingNew", "kept");
    assertThat(eureka.register(wire)).isEqualTo(204);

    var shown = eureka.shown("ORDERS", "i-1");
    for (String name : wire.keySet()) {
      if (!name.equals("leaseInfo")) {
        assertThat(shown.get(name)).as(name).isEqualTo(wire.get(name));
      }
    }
    assertThat(eureka.instances("/apps").getFirst().has("somethingNew"))
        .as("in a list, which some clients could then not read")
        .isFalse();
    assertThat(shown.getAsJsonObject("leaseInfo").get("durationInSecs").getAsInt()).isEqualTo(90);
    assertThat(shown.getAsJsonObject("metadata").get("@class").getAsString())
        .isEqualTo("java.util.Collections$EmptyMap");
  }

  @Test
  void theFirstHeartbeatIsNotFoundAndHasNoBody() {
    for (String accept : List.of("application/json", "application/xml")) {
      var answer = eureka.put(HEARTBEAT + DIRTY);
      assertThat(answer.status()).as(accept).isEqualTo(404);
      assertThat(answer.body()).isEmpty();
    }
    assertThat(eureka.register(instance("ORDERS", "i-1", DIRTY))).isEqualTo(204);
    assertThat(eureka.put(HEARTBEAT + DIRTY).status()).isEqualTo(200);
    assertThat(eureka.put(HEARTBEAT + (DIRTY - 1)).status()).isEqualTo(200);
    assertThat(eureka.put(HEARTBEAT + (DIRTY + 1)).status()).as("newer than ours").isEqualTo(404);
    assertThat(eureka.put("/apps/orders/i-1").status()).isEqualTo(200);
    assertThat(eureka.put("/apps/no such app/i-1".replace(" ", "%20")).status()).isEqualTo(404);
  }

  @Test
  void anOlderRegistrationChangesNothingAndANewerDoes() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    var older = instance("ORDERS", "i-1", DIRTY - 1);
    older.addProperty("status", "DOWN");
    assertThat(eureka.register(older)).isEqualTo(204);
    assertThat(eureka.status("ORDERS", "i-1")).isEqualTo("UP");

    var other = instance("ORDERS", "i-1", DIRTY);
    other.addProperty("status", "STARTING");
    assertThat(eureka.register(other)).isEqualTo(204);
    assertThat(eureka.status("ORDERS", "i-1")).as("equally new, but other").isEqualTo("STARTING");
    long incarnation = client.resolve("orders").getInstances(0).getIncarnation();
    assertThat(incarnation).isEqualTo(DIRTY * 1_000 + 1);
    assertThat(eureka.register(other)).isEqualTo(204);
    assertThat(client.resolve("orders").getInstances(0).getIncarnation()).isEqualTo(incarnation);

    var newer = instance("ORDERS", "i-1", DIRTY + 5);
    assertThat(eureka.register(newer)).isEqualTo(204);
    assertThat(eureka.status("ORDERS", "i-1")).isEqualTo("UP");
    assertThat(eureka.shown("ORDERS", "i-1").get("lastDirtyTimestamp").getAsString())
        .isEqualTo(Long.toString(DIRTY + 5));
  }

  @Test
  void cancelEndsIt() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    assertThat(eureka.delete("/apps/ORDERS/i-1").status()).isEqualTo(200);
    assertThat(eureka.delete("/apps/ORDERS/i-1").status()).isEqualTo(404);
    assertThat(eureka.getJson("/apps/ORDERS/i-1").status()).isEqualTo(404);
    assertThat(eureka.put(HEARTBEAT + DIRTY).status()).isEqualTo(404);
    assertThat(client.resolve("orders").getInstancesCount()).isZero();
  }

  @Test
  void aLateDownDoesNotBringAnInstanceBack() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    eureka.delete("/apps/ORDERS/i-1");
    var down = instance("ORDERS", "i-1", DIRTY + 10);
    down.addProperty("status", "DOWN");
    assertThat(eureka.register(down)).isEqualTo(204);
    assertThat(eureka.getJson("/apps/ORDERS/i-1").status()).isEqualTo(404);

    assertThat(eureka.register(instance("ORDERS", "i-1", DIRTY)))
        .as("of the old life")
        .isEqualTo(204);
    assertThat(eureka.getJson("/apps/ORDERS/i-1").status()).isEqualTo(404);

    assertThat(eureka.register(instance("ORDERS", "i-1", DIRTY + 20))).isEqualTo(204);
    assertThat(eureka.status("ORDERS", "i-1")).as("a new life").isEqualTo("UP");
  }

  @Test
  void whoseLeaseAnOperatorEndedRegistersAnew() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    long lease = client.resolve("orders").getInstances(0).getLeaseId();
    client.registration().revokeLease(RevokeLeaseRequest.newBuilder().setLeaseId(lease).build());
    assertThat(eureka.put(HEARTBEAT + DIRTY).status()).isEqualTo(404);
    assertThat(eureka.register(instance("ORDERS", "i-1", DIRTY + 1))).isEqualTo(204);
    assertThat(eureka.put(HEARTBEAT + (DIRTY + 1)).status()).isEqualTo(200);
  }

  @Test
  void anOverrideOutlivesRegistrationsUntilItIsTakenBack() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    assertThat(eureka.put("/apps/ORDERS/i-1/status?value=OUT_OF_SERVICE").status()).isEqualTo(200);
    assertThat(eureka.status("ORDERS", "i-1")).isEqualTo("OUT_OF_SERVICE");
    eureka.register(instance("ORDERS", "i-1", DIRTY + 1));
    var shown = eureka.shown("ORDERS", "i-1");
    assertThat(shown.get("status").getAsString()).isEqualTo("OUT_OF_SERVICE");
    assertThat(shown.get("overriddenStatus").getAsString()).isEqualTo("OUT_OF_SERVICE");
    assertThat(client.resolve("orders").getInstances(0).getOverride().getActor())
        .isEqualTo("eureka");

    assertThat(eureka.delete("/apps/ORDERS/i-1/status").status()).isEqualTo(200);
    assertThat(eureka.status("ORDERS", "i-1")).isEqualTo("UP");
    assertThat(eureka.delete("/apps/ORDERS/i-1/status?value=DOWN").status()).isEqualTo(200);
    assertThat(eureka.status("ORDERS", "i-1")).isEqualTo("DOWN");

    assertThat(eureka.put("/apps/ORDERS/i-2/status?value=DOWN").status()).isEqualTo(404);
    assertThat(eureka.put("/apps/ORDERS/i-1/status?value=SIDEWAYS").status()).isEqualTo(400);
    assertThat(eureka.put("/apps/ORDERS/i-1/status").status()).isEqualTo(400);
  }

  @Test
  void anOverrideOfOursShows() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    eureka.put("/apps/ORDERS/i-1/status?value=DOWN");
    OperationsGrpc.newBlockingStub(client.channel())
        .clearOverride(
            ClearOverrideRequest.newBuilder().setKey(TestClient.key("orders", "i-1")).build());
    assertThat(eureka.status("ORDERS", "i-1")).isEqualTo("UP");
  }

  @Test
  void metadataIsMerged() {
    var wire = instance("ORDERS", "i-1", DIRTY);
    var metadata = new JsonObject();
    metadata.addProperty("kept", "1");
    metadata.addProperty("set", "1");
    wire.add("metadata", metadata);
    eureka.register(wire);
    assertThat(eureka.put("/apps/ORDERS/i-1/metadata?set=2&weight=9&new=a%20b").status())
        .isEqualTo(200);
    var shown = eureka.shown("ORDERS", "i-1").getAsJsonObject("metadata");
    assertThat(shown.toString())
        .isEqualTo("{\"kept\":\"1\",\"new\":\"a b\",\"set\":\"2\",\"weight\":\"9\"}");
    assertThat(client.resolve("orders").getInstances(0).getWeight()).isEqualTo(9);
    assertThat(eureka.put("/apps/ORDERS/i-2/metadata?a=b").status()).isEqualTo(404);
    assertThat(eureka.put("/apps/ORDERS/i-1/metadata?eureka.fields=x").status()).isEqualTo(400);
  }

  @Test
  void appsHashAndDeltaBelongTogether() {
    assertThat(eureka.getJson("/apps").body())
        .isEqualTo(
            """
            {"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}\
            """);
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    eureka.register(instance("ORDERS", "i-2", DIRTY));
    var billing = instance("BILLING", "b-1", DIRTY);
    billing.addProperty("status", "DOWN");
    eureka.register(billing);
    assertThat(eureka.hash("/apps")).isEqualTo("DOWN_1_UP_2_");
    assertThat(eureka.hash("/apps/delta")).isEqualTo("DOWN_1_UP_2_");
    assertThat(eureka.instances("/apps")).hasSize(3);
    assertThat(eureka.instances("/apps/delta")).hasSize(3);

    eureka.delete("/apps/ORDERS/i-1");
    assertThat(eureka.hash("/apps/delta")).isEqualTo("DOWN_1_UP_1_");
    assertThat(eureka.instances("/apps")).hasSize(2);
    assertThat(eureka.instances("/apps/delta"))
        .filteredOn(each -> each.get("actionType").getAsString().equals("DELETED"))
        .singleElement()
        .satisfies(each -> assertThat(each.get("instanceId").getAsString()).isEqualTo("i-1"));
  }

  @Test
  void oursShowToEureka() {
    client.register("Payments", "p-1", 30_000);
    var shown = eureka.shown("PAYMENTS", "p-1");
    assertThat(shown.get("app").getAsString()).isEqualTo("PAYMENTS");
    assertThat(shown.get("hostName").getAsString()).isEqualTo("127.0.0.1");
    assertThat(shown.get("ipAddr").getAsString()).isEqualTo("127.0.0.1");
    assertThat(shown.get("vipAddress").getAsString()).isEqualTo("Payments");
    assertThat(shown.get("port").toString()).isEqualTo("{\"$\":8080,\"@enabled\":\"true\"}");
    assertThat(shown.getAsJsonObject("leaseInfo").get("durationInSecs").getAsInt()).isEqualTo(30);
    client
        .registration()
        .deregister(
            DeregisterRequest.newBuilder().setKey(TestClient.key("payments", "p-1")).build());
    assertThat(eureka.getJson("/apps/PAYMENTS").status()).isEqualTo(404);
  }

  @Test
  void looksUpByAppIdAndVip() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    eureka.register(instance("ORDERS", "i-2", DIRTY));
    assertThat(
            eureka
                .getJson("/apps/orders")
                .json()
                .getAsJsonObject("application")
                .getAsJsonArray("instance"))
        .hasSize(2);
    assertThat(eureka.getJson("/instances/i-2").json().getAsJsonObject("instance").get("app"))
        .hasToString("\"ORDERS\"");
    assertThat(eureka.getJson("/instances/i-3").status()).isEqualTo(404);
    assertThat(eureka.instances("/vips/orders")).hasSize(2);
    assertThat(eureka.hash("/vips/orders")).isEqualTo("UP_2_");
    assertThat(eureka.getJson("/apps/BILLING").status()).isEqualTo(404);
  }

  @Test
  void xmlUnlessJsonIsAccepted() {
    var xml =
        "<?xml version=\"1.0\"?><instance><instanceId>x-1</instanceId><hostName>h</hostName>"
            + "<app>ORDERS</app><ipAddr>10.0.0.9</ipAddr><status>UP</status>"
            + "<overriddenstatus>UNKNOWN</overriddenstatus><port enabled=\"true\">81</port>"
            + "<securePort enabled=\"false\">443</securePort><dataCenterInfo"
            + " class=\"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo\"><name>MyOwn</name>"
            + "</dataCenterInfo><metadata><my__key>a&lt;b</my__key></metadata></instance>";
    assertThat(eureka.post("/apps/ORDERS", xml, "application/xml").status()).isEqualTo(204);
    var answer = eureka.get("/apps", "Accept", "*/*");
    assertThat(answer.response().headers().firstValue("Content-Type")).hasValue("application/xml");
    assertThat(answer.body())
        .startsWith(
            "<applications><versions__delta>1</versions__delta>"
                + "<apps__hashcode>UP_1_</apps__hashcode><application><name>ORDERS</name>"
                + "<instance><instanceId>x-1</instanceId>")
        .contains("<port enabled=\"true\">81</port>")
        .contains("<metadata><my__key>a&lt;b</my__key></metadata>")
        .contains("<overriddenstatus>UNKNOWN</overriddenstatus>")
        .endsWith("</instance></application></applications>");
  }

  @Test
  void gzipForThoseWhoTakeIt() throws IOException {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    String plain = eureka.getJson("/apps").body();
    var zipped = eureka.get("/apps", "Accept", "application/json", "Accept-Encoding", "gzip");
    assertThat(zipped.response().headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (var stream = new GZIPInputStream(new ByteArrayInputStream(zipped.response().body()))) {
      assertThat(new String(stream.readAllBytes(), UTF_8)).isEqualTo(plain);
    }
  }

  @Test
  void compactListsShowAddressesOnly() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    var answer =
        eureka.get("/apps/ORDERS", "Accept", "application/json", "X-Eureka-Accept", "compact");
    var shown = answer.json().getAsJsonObject("application").getAsJsonArray("instance").get(0);
    assertThat(shown.getAsJsonObject().keySet())
        .contains("instanceId", "hostName", "port", "status", "vipAddress")
        .doesNotContain("leaseInfo", "metadata", "lastDirtyTimestamp", "overriddenStatus");
    var alone =
        eureka.get("/apps/ORDERS/i-1", "Accept", "application/json", "X-Eureka-Accept", "compact");
    assertThat(alone.json().getAsJsonObject("instance").keySet())
        .as("as Eureka has it")
        .contains("leaseInfo", "metadata", "lastDirtyTimestamp", "overriddenStatus");
  }

  @Test
  void allBasesAreServed() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    for (String base : List.of("/eureka", "/eureka/v2", "/v2")) {
      try (var other = new EurekaCalls(server.httpAddress(), base)) {
        assertThat(other.instances("/apps")).as(base).hasSize(1);
        assertThat(other.getJson("/nothing").status()).isEqualTo(404);
      }
    }
  }

  @Test
  void isNobodysPeer() {
    var answer = eureka.post("/peerreplication/batch", "{}", "application/json");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body().lines()).hasSize(1);
  }
}
