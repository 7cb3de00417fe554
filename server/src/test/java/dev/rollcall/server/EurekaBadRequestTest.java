package dev.rollcall.server;

import static dev.rollcall.server.EurekaCalls.instance;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers and broken clients send to Eureka's interface: one clear line, and no harm. */
class EurekaBadRequestTest {
  private static final long DIRTY = 1_700_000_000_123L;

  @TempDir Path directory;
  private RegistryServer server;
  private EurekaCalls eureka;

  @BeforeEach
  void start() {
    server = TestNode.single(directory);
    eureka = new EurekaCalls(server.httpAddress());
  }

  @AfterEach
  void stop() {
    assertThat(eureka.register(instance("ORDERS", "last", DIRTY))).as("it goes on").isEqualTo(204);
    eureka.close();
    server.close();
  }

  @Test
  void bodiesThatAreNoInstance() {
    for (String body : List.of("", "{", "[]", "{\"instance\":1}", "null", "<instance", "\u0000")) {
      refused(eureka.post("/apps/ORDERS", body, "application/json"));
      refused(eureka.post("/apps/ORDERS", body, "application/xml"));
      refused(eureka.post("/apps/ORDERS", body, "text/plain"));
    }
    refused(
        eureka.post(
            "/apps/ORDERS",
            "<!DOCTYPE i [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><instance>&e;</instance>",
            "application/xml"));
    refused(eureka.post("/apps/ORDERS", "[".repeat(1_000_000), "application/json"));
    refused(eureka.post("/apps/ORDERS", "<a>".repeat(400_000), "application/xml"));
  }

  @Test
  void bodiesAreOneAndAHalfMebibytesAtMost() {
    var wire = instance("ORDERS", "i-1", DIRTY);
    wire.addProperty("padding", "x".repeat(3 << 19));
    assertThat(eureka.post(wire).status()).isEqualTo(413);
    // The limit of a record is lower: what fits the body may be too large all the same.
    wire.addProperty("padding", "x".repeat(17 << 10));
    assertThat(refused(eureka.post(wire))).contains("16384");
    wire.addProperty("padding", "x".repeat(15 << 10));
    assertThat(eureka.post(wire).status()).isEqualTo(204);
  }

  @Test
  void whatIsMissingOrContradictsThePath() {
    for (String name : List.of("hostName", "ipAddr", "dataCenterInfo")) {
      var wire = instance("ORDERS", "i-1", DIRTY);
      wire.remove(name);
      assertThat(refused(eureka.post(wire))).contains(name);
    }
    var nameless = instance("ORDERS", "i-1", DIRTY);
    nameless.remove("app");
    assertThat(refused(eureka.post(nameless))).contains("app");
    var body = new JsonObject();
    body.add("instance", instance("BILLING", "i-1", DIRTY));
    assertThat(refused(eureka.post("/apps/ORDERS", body.toString(), "application/json")))
        .contains("differs");
  }

  @Test
  void namesThatCannotBe() {
    var wire = instance("ORDERS", "i-1", DIRTY);
    wire.addProperty("instanceId", "i".repeat(257));
    assertThat(refused(eureka.post(wire))).contains("256");
    for (String path : List.of("/apps/a%20b", "/apps/a%20b/i-1", "/instances/%C3%A4")) {
      assertThat(eureka.getJson(path).status()).as(path).isEqualTo(404);
    }
    assertThat(eureka.put("/apps/a%20b/i-1").status()).isEqualTo(404);
    assertThat(eureka.delete("/apps/a%20b/i-1").status()).isEqualTo(404);
  }

  @Test
  void pathsAndMethodsThatAreNot() {
    for (String path : List.of("", "/", "/nothing", "/apps/a/b/c", "/apps/a/b/status/d", "/vips")) {
      assertThat(eureka.getJson(path).status()).as(path).isEqualTo(404);
    }
    var methods =
        Map.of(
            "/apps/ORDERS", "GET, POST",
            "/apps/ORDERS/i-1/status", "PUT, DELETE",
            "/apps/ORDERS/i-1/metadata", "PUT");
    methods.forEach((path, allowed) -> {
      var answer = path.endsWith("ORDERS") ? eureka.put(path) : eureka.get(path);
      assertThat(answer.status()).as(path).isEqualTo(405);
      assertThat(answer.response().headers().firstValue("Allow")).as(path).hasValue(allowed);
    });
    assertThat(eureka.delete("/apps").status()).isEqualTo(405);
  }

  @Test
  void timestampsThatAreNone() {
    eureka.register(instance("ORDERS", "i-1", DIRTY));
    assertThat(eureka.put("/apps/ORDERS/i-1?lastDirtyTimestamp=yesterday").status()).isEqualTo(200);
    assertThat(eureka.put("/apps/ORDERS/i-1?lastDirtyTimestamp=9999999999999999999").status())
        .isEqualTo(200);
    var never = instance("ORDERS", "i-2", DIRTY);
    never.addProperty("lastDirtyTimestamp", Long.toString(Long.MAX_VALUE));
    assertThat(refused(eureka.post(never))).contains("lastDirtyTimestamp");
  }

  /** The line with which it was refused. */
  private static String refused(EurekaCalls.Answer answer) {
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().lines()).hasSize(1);
    assertThat(answer.response().headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain");
    return answer.body();
  }
}
