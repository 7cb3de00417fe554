package dev.rollcall.server;

import static dev.rollcall.server.HttpNode.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The registry's own interface over HTTP, on one node. Each test has a service of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestTest {
  private RegistryServer server;
  private HttpNode node;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    node = new HttpNode(server.httpAddress());
  }

  @AfterAll
  void stop() {
    node.close();
    server.close();
  }

  @Test
  void anInstanceIsRegisteredFoundRenewedChangedAndRemoved() {
    JsonObject registered =
        node.json("PUT", "/v1/services/orders/instances/i-1?ttl_millis=60000", body("z1"));
    String lease = registered.get("leaseId").getAsString();

    assertThat(registered.get("ttlMillis").getAsString()).isEqualTo("60000");
    JsonObject found =
        node.json("/v1/services/Orders/instances")
            .getAsJsonArray("instances")
            .get(0)
            .getAsJsonObject();
    assertThat(found.get("instanceId").getAsString()).isEqualTo("i-1");
    assertThat(found.get("effectiveStatus").getAsString()).isEqualTo("STATUS_UP");
    assertThat(found.getAsJsonObject("metadata").get("team").getAsString()).isEqualTo("pay");
    assertThat(node.json("POST", "/v1/leases/" + lease + "/renew", "").get("alive").getAsBoolean())
        .isTrue();
    JsonObject changed =
        node.json(
            "PATCH",
            "/v1/services/orders/instances/i-1",
            "{\"status\": \"STATUS_DOWN\", \"weight\": 7}");
    assertThat(changed.getAsJsonObject("instance").get("weight").getAsInt()).isEqualTo(7);
    JsonObject one = node.json("/v1/services/orders/instances/i-1?consistency=any");
    assertThat(one.getAsJsonObject("instance").get("status").getAsString())
        .isEqualTo("STATUS_DOWN");

    node.json("DELETE", "/v1/services/orders/instances/i-1", "");

    assertThat(refusal(node.get("/v1/services/orders/instances/i-1")))
        .isEqualTo("404 INSTANCE_NOT_FOUND");
    assertThat(refusal(node.send("POST", "/v1/leases/" + lease + "/renew", "")))
        .isEqualTo("404 LEASE_NOT_FOUND");
  }

  @Test
  void manyAreRegisteredAndRenewedAtOnce() {
    JsonObject registered =
        node.json(
            "POST",
            "/v1/register",
            """
            {"ttlMillis": 30000, "instances": [
              {"service": "many", "instanceId": "a", "endpoints": [{"host": "h", "port": 1}]},
              {"service": "many", "instanceId": "b", "endpoints": [{"host": "h", "port": 2}]}]}
            """);
    String lease = registered.get("leaseId").getAsString();

    JsonObject renewed = node.json("POST", "/v1/renew", "{\"leaseIds\": [" + lease + ", 1000000]}");

    assertThat(renewed.getAsJsonArray("renewals").get(0).getAsJsonObject().get("alive"))
        .hasToString("true");
    assertThat(renewed.getAsJsonArray("renewals").get(1).getAsJsonObject().get("alive"))
        .hasToString("false");
    JsonObject services = node.json("/v1/services?prefix=man&filter=instances%20%3E%201");
    assertThat(services.getAsJsonArray("services")).hasSize(1);
  }

  @Test
  void aSecondRegistrationWithoutIncarnationIsANewLife() {
    node.json("PUT", "/v1/services/twice/instances/i-1", body("z1"));
    node.json("PUT", "/v1/services/twice/instances/i-1", body("z2"));

    assertThat(node.get("/v1/services/twice/instances").body()).contains("\"zone\":\"z2\"");
  }

  @Test
  void aLookupTakesTheParametersOfGrpc() {
    for (String zone : new String[] {"z1", "z2"}) {
      node.json("PUT", "/v1/services/near/instances/in-" + zone, body(zone));
    }

    assertThat(ids(node.json("/v1/services/near/instances?zone=z2")))
        .isEqualTo("[\"in-z2\",\"in-z1\"]");
    assertThat(ids(node.json("/v1/services/near/instances?filter=zone%20%3D%3D%20z1")))
        .isEqualTo("[\"in-z1\"]");
    JsonObject first = node.json("/v1/services/near/instances?page_size=1&healthy_only");
    String token = first.get("nextPageToken").getAsString();
    assertThat(
            ids(
                node.json(
                    "/v1/services/near/instances?page_size=1&healthy_only&page_token=" + token)))
        .isEqualTo("[\"in-z2\"]");
    assertThat(ids(node.json("/v1/services/near/instances?endpoint=grpc"))).isEqualTo("[]");
    assertThat(refusal(node.get("/v1/services/near/instances?max_lag_millis=0&consistency=any")))
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(node.get("/v1/services/near/instances?subset=none")))
        .isEqualTo("404 SUBSET_NOT_FOUND");
  }

  @Test
  void namesAreDecodedOnceAndStrictly() {
    node.json("PUT", "/v1/services/odd/instances/a%2Fb%20c%25?namespace=Team-A", body("z1"));

    assertThat(ids(node.json("/v1/services/odd/instances?namespace=team-a")))
        .isEqualTo("[\"a/b c%\"]");
    assertThat(node.get("/v1/services/odd/instances/a%2Fb%20c%25?namespace=team-a").statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET | /v1/services?fliter=x | | 400 INVALID_REQUEST
          GET | /v1/services/a_b/instances?limit=-1 | | 400 INVALID_REQUEST
          GET | /v1/services/a%20b/instances | | 400 INVALID_NAME
          GET | /v1/services/x/instances?filter=%28 | | 400 INVALID_FILTER
          GET | /v1/services/x/instances?consistency=x | | 400 INVALID_REQUEST
          GET | /v1/services/x/instances?min_revision=9223372036854775807&x | | 400 INVALID_REQUEST
          GET | /v1/services/%FF/instances | | 400 INVALID_REQUEST
          PUT | /v1/services/x/instances/i | { | 400 INVALID_REQUEST
          PUT | /v1/services/x/instances/i | [] | 400 INVALID_REQUEST
          PUT | /v1/services/x/instances/i | {"ports": 1} | 400 INVALID_REQUEST
          PUT | /v1/services/x/instances/i | {"service": "y"} | 400 INVALID_REQUEST
          PUT | /v1/services/x/instances/i | {} | 400 ENDPOINT_REQUIRED
          PUT | /v1/services/x/instances/i?ttl_millis=1&lease_id=2 | {} | 400 INVALID_REQUEST
          PATCH | /v1/services/x/instances/i | {"weight": 1} | 404 INSTANCE_NOT_FOUND
          PATCH | /v1/services/x/instances/i | {"key": {}} | 400 INVALID_REQUEST
          DELETE | /v1/services/x/instances/i | | 404 INSTANCE_NOT_FOUND
          POST | /v1/leases/abc/renew | | 400 INVALID_REQUEST
          POST | /v1/leases/7777777/renew | | 404 LEASE_NOT_FOUND
          POST | /v1/renew | {"leaseIds": []} | 400 INVALID_REQUEST
          GET | /v1/none | | 404 NO_SUCH_PATH
          GET | /v1/services/../services | | 404 NO_SUCH_PATH
          GET | / | | 404 NO_SUCH_PATH
          """)
  void badInputIsAnsweredInOneLine(String method, String target, String body, String refusal) {
    HttpResponse<String> answer = node.send(method, target, body == null ? "" : body);

    assertThat(refusal(answer)).isEqualTo(refusal);
    assertThat(answer.body().lines()).hasSize(1);
  }

  @Test
  void otherMethodsAreRefusedWithThoseThatThereAre() {
    HttpResponse<String> answer = node.send("POST", "/v1/services/x/instances/i", "{}");

    assertThat(refusal(answer)).isEqualTo("405 METHOD_NOT_ALLOWED");
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET, PUT, PATCH, DELETE");
  }

  @Test
  void headIsGetWithoutTheBody() {
    var head = node.request("/v1/services").method("HEAD", BodyPublishers.noBody());
    HttpResponse<String> answer = node.exchange(head);

    assertThat(answer).returns(200, HttpResponse::statusCode).returns("", HttpResponse::body);
    assertThat(answer.headers().firstValueAsLong("Content-Length").orElseThrow()).isPositive();
  }

  @Test
  void deepJsonIsRefusedAsAnythingElseThatIsNoMessage() {
    String deep = "{\"metadata\":".repeat(100_000);

    assertThat(refusal(node.send("PUT", "/v1/services/x/instances/i", deep)))
        .isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void aBodyOverTheLimitIsRefusedWhetherItSaysItsLengthOrNot() {
    byte[] body = new byte[(3 << 19) + 1];

    var told = node.request("/v1/register").POST(BodyPublishers.ofByteArray(body));
    var chunked =
        node.request("/v1/register")
            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body)));
    assertThat(refusal(node.exchange(told))).isEqualTo("413 REQUEST_TOO_LARGE");
    assertThat(refusal(node.exchange(chunked))).isEqualTo("413 REQUEST_TOO_LARGE");

    byte[] most = new byte[3 << 19];
    var atLimit = node.request("/v1/register").POST(BodyPublishers.ofByteArray(most));
    assertThat(refusal(node.exchange(atLimit))).isEqualTo("400 INVALID_REQUEST");
  }

  private static String body(String zone) {
    return """
    {"endpoints": [{"name": "http", "host": "10.0.0.1", "port": 8080}],
     "locality": {"zone": "%s"}, "metadata": {"team": "pay"}}
    """
        .formatted(zone);
  }

  private static String ids(JsonObject resolved) {
    var ids = new JsonArray();
    resolved
        .getAsJsonArray("instances")
        .forEach(each -> ids.add(each.getAsJsonObject().get("instanceId").getAsString()));
    return ids.toString();
  }
}
