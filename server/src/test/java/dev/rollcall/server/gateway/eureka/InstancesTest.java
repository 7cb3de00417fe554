package dev.rollcall.server.gateway.eureka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.server.gateway.eureka.InstanceReader.Registration;
import dev.rollcall.server.gateway.eureka.InstanceWriter.Action;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.Status;
import dev.rollcall.store.instance.StatusOverride;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * Instances as Eureka's clients write and read them, and as ours; the shapes are those of 2.0.6.
 */
class InstancesTest {
  private static final long NOW = 1_800_000_000_000L;

  /** As eureka-client 2.0.6 sends it. */
  private static final String FULL =
      """
      {"instanceId":"h1:orders:8080","hostName":"h1","app":"ORDERS","ipAddr":"10.0.0.1",\
      "status":"UP","overriddenStatus":"UNKNOWN","port":{"$":8080,"@enabled":"true"},\
      "securePort":{"$":8443,"@enabled":"false"},"countryId":1,\
      "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",\
      "name":"MyOwn"},"leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,\
      "registrationTimestamp":0,"lastRenewalTimestamp":0,"evictionTimestamp":0,\
      "serviceUpTimestamp":0},"metadata":{"a$b":"x","management.port":"9","my_key":"a<b&c",\
      "zone":"z1"},"appGroupName":"G","homePageUrl":"http://h1:8080/",\
      "statusPageUrl":"http://h1:8080/info","healthCheckUrl":"http://h1:8080/health",\
      "vipAddress":"orders","secureVipAddress":"orders",\
      "isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"1700000000456",\
      "lastDirtyTimestamp":"1700000000123","actionType":"ADDED","asgName":"asg"}\
      """;

  private final WireEncoder encoder =
      new WireEncoder(new InstanceWriter(lease -> OptionalLong.of(10_000)));

  @Test
  void whatAClientSendsIsShownAsItSentIt() throws MalformedBody {
    String stamped =
        FULL.replace("\"registrationTimestamp\":0", "\"registrationTimestamp\":1700000000123")
            .replace("\"lastRenewalTimestamp\":0", "\"lastRenewalTimestamp\":1700000000123")
            .replace("\"serviceUpTimestamp\":0", "\"serviceUpTimestamp\":1700000000123")
            .replace("1700000000456", "1700000000123");
    assertThat(shown(read(FULL), WireFormat.JSON)).isEqualTo(stamped);
  }

  @Test
  void xmlIsShownAsEurekaWritesIt() throws MalformedBody {
    assertThat(shown(read(FULL), WireFormat.XML))
        .isEqualTo(
            """
            <instance><instanceId>h1:orders:8080</instanceId><hostName>h1</hostName>\
            <app>ORDERS</app><ipAddr>10.0.0.1</ipAddr><status>UP</status>\
            <overriddenstatus>UNKNOWN</overriddenstatus><port enabled="true">8080</port>\
            <securePort enabled="false">8443</securePort><countryId>1</countryId>\
            <dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo">\
            <name>MyOwn</name></dataCenterInfo><leaseInfo>\
            <renewalIntervalInSecs>30</renewalIntervalInSecs><durationInSecs>90</durationInSecs>\
            <registrationTimestamp>1700000000123</registrationTimestamp>\
            <lastRenewalTimestamp>1700000000123</lastRenewalTimestamp>\
            <evictionTimestamp>0</evictionTimestamp>\
            <serviceUpTimestamp>1700000000123</serviceUpTimestamp></leaseInfo>\
            <metadata><a_-b>x</a_-b><management.port>9</management.port>\
            <my__key>a&lt;b&amp;c</my__key><zone>z1</zone></metadata>\
            <appGroupName>G</appGroupName><homePageUrl>http://h1:8080/</homePageUrl>\
            <statusPageUrl>http://h1:8080/info</statusPageUrl>\
            <healthCheckUrl>http://h1:8080/health</healthCheckUrl>\
            <vipAddress>orders</vipAddress><secureVipAddress>orders</secureVipAddress>\
            <isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>\
            <lastUpdatedTimestamp>1700000000123</lastUpdatedTimestamp>\
            <lastDirtyTimestamp>1700000000123</lastDirtyTimestamp>\
            <actionType>ADDED</actionType><asgName>asg</asgName></instance>\
            """);
  }

  @Test
  void xmlAndJsonRegisterTheSame() throws MalformedBody {
    var json = read(FULL);
    var xml =
        XmlReader.read(
            encoder.instance(registered(json), Action.ADDED, WireFormat.XML), Wire.INSTANCE);
    assertThat(InstanceReader.read(xml, "ORDERS", NOW).instance()).isEqualTo(json.instance());
  }

  @Test
  void compactShowsWhatACallerNeeds() throws MalformedBody {
    assertThat(shown(read(FULL), WireFormat.JSON_COMPACT))
        .isEqualTo(
            """
            {"instanceId":"h1:orders:8080","hostName":"h1","app":"ORDERS","ipAddr":"10.0.0.1",\
            "status":"UP","port":{"$":8080,"@enabled":"true"},\
            "securePort":{"$":8443,"@enabled":"false"},\
            "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",\
            "name":"MyOwn"},"vipAddress":"orders","secureVipAddress":"orders",\
            "lastUpdatedTimestamp":"1700000000123","actionType":"ADDED","asgName":"asg"}\
            """);
  }

  @Test
  void anAmazonInstanceIsNamedByItsMachine() throws MalformedBody {
    var wire = smallest();
    wire.remove("instanceId");
    wire.add(
        "dataCenterInfo",
        JsonParser.parseString(
            "{\"name\":\"Amazon\",\"metadata\":{\"instance-id\":\"i-77\","
                + "\"availability-zone\":\"us-east-1c\"}}"));
    var read = InstanceReader.read(wire, "ORDERS", NOW);
    assertThat(read.instance().key().instanceId()).isEqualTo("i-77");
    assertThat(read.instance().locality().zone()).isEqualTo("us-east-1c");
    assertThat(shown(read, WireFormat.JSON))
        .contains(
            "\"dataCenterInfo\":{\"@class\":\"com.netflix.appinfo.AmazonInfo\","
                + "\"name\":\"Amazon\",\"metadata\":{\"instance-id\":\"i-77\"");
  }

  @Test
  void whatIsAbsentIsAsInEureka() throws MalformedBody {
    var wire = smallest();
    wire.remove("instanceId");
    var read = InstanceReader.read(wire, "ORDERS", NOW);
    assertThat(read.instance().key().instanceId()).isEqualTo("h1");
    assertThat(read.instance().incarnation()).isEqualTo(NOW * 1_000);
    assertThat(read.ttlMillis()).isEqualTo(90_000);
    assertThat(read.instance().endpoints())
        .containsExactly(new Endpoint("http", "http", "h1", 7001, false));
    assertThat(read.instance().status()).isEqualTo(Status.UP);
  }

  @Test
  void endpointsAreThePortsThatCount() throws MalformedBody {
    assertThat(endpoints(true, true)).containsExactly("http:80", "https:443");
    assertThat(endpoints(true, false)).containsExactly("http:80");
    assertThat(endpoints(false, true)).containsExactly("https:443");
    assertThat(endpoints(false, false)).as("an address all the same").containsExactly("http:80");
    var wire = smallest();
    ports(wire, false, false);
    assertThat(shown(InstanceReader.read(wire, "ORDERS", NOW), WireFormat.JSON))
        .contains("\"port\":{\"$\":80,\"@enabled\":\"false\"}");
  }

  @Test
  void theLeaseIsWithinOurLimits() throws MalformedBody {
    assertThat(ttlMillis("5")).isEqualTo(5_000);
    assertThat(ttlMillis("0")).as("as if unsaid").isEqualTo(90_000);
    assertThat(ttlMillis("-1")).isEqualTo(90_000);
    assertThat(ttlMillis("86400")).isEqualTo(86_400_000);
    assertThat(ttlMillis("86401")).isEqualTo(86_400_000);
    assertThat(ttlMillis("9223372036854775807")).isEqualTo(86_400_000);
    assertThat(ttlMillis("soon")).isEqualTo(90_000);
  }

  @Test
  void weightsThatAreNoneOfOursDoNotCount() throws MalformedBody {
    var weights = Map.of("7", 7, "0", 0, "65535", 65_535, "65536", 100, "-1", 100, "heavy", 100);
    for (var each : weights.entrySet()) {
      var wire = smallest();
      var metadata = new JsonObject();
      metadata.addProperty("weight", each.getKey());
      wire.add("metadata", metadata);
      var read = InstanceReader.read(wire, "ORDERS", NOW).instance();
      assertThat(read.weight()).as(each.getKey()).isEqualTo(each.getValue());
      assertThat(read.metadata()).containsEntry("weight", each.getKey());
    }
  }

  @Test
  void whatNobodyKnowsIsNotReadyAndShownAsUnknown() throws MalformedBody {
    for (String status : List.of("UNKNOWN", "SIDEWAYS")) {
      var wire = smallest();
      wire.addProperty("status", status);
      var read = InstanceReader.read(wire, "ORDERS", NOW);
      assertThat(read.instance().status()).isEqualTo(Status.STARTING);
      assertThat(shown(read, WireFormat.JSON)).contains("\"status\":\"UNKNOWN\"");
      assertThat(StatusCounts.of(List.of(registered(read))).hash()).isEqualTo("UNKNOWN_1_");
    }
  }

  @Test
  void anOverrideIsShownForWhatIsReported() throws MalformedBody {
    var override = new StatusOverride(Status.OUT_OF_SERVICE, "somebody", "", 0);
    var registered =
        new RegisteredInstance(
            read(FULL).instance(), Standing.begin(Optional.of(override)), 1, 1, 1);
    assertThat(text(encoder.instance(registered, Action.ADDED, WireFormat.JSON)))
        .contains("\"status\":\"OUT_OF_SERVICE\",\"overriddenStatus\":\"OUT_OF_SERVICE\"");
    assertThat(StatusCounts.of(List.of(registered)).hash()).isEqualTo("OUT_OF_SERVICE_1_");
  }

  @Test
  void oursAreShownAsIfTheyHadCome() {
    var ours =
        new Instance(
            new InstanceKey(new ServiceKey("", "Payments"), "p-1"),
            1_700_000_000_123_456L,
            List.of(
                new Endpoint("grpc", "grpc", "10.0.0.7", 9090, true),
                new Endpoint("web", "http", "10.0.0.7", 8080, false)),
            new Locality("r", "z1", ""),
            7,
            "2.3.1",
            List.of("blue"),
            Instance.sorted(Map.of("team", "pay", KeptFields.REST, "no JSON {")),
            Status.UP);
    String shown =
        text(
            encoder.instance(new RegisteredInstance(ours, 1, 1, 1), Action.ADDED, WireFormat.JSON));
    assertThat(shown)
        .startsWith(
            """
            {"instanceId":"p-1","hostName":"10.0.0.7","app":"PAYMENTS","ipAddr":"10.0.0.7\"\
            """)
        .contains("\"port\":{\"$\":8080,\"@enabled\":\"true\"}")
        .contains("\"securePort\":{\"$\":9090,\"@enabled\":\"true\"}")
        .contains("\"renewalIntervalInSecs\":3,\"durationInSecs\":10")
        .contains(
            """
            "metadata":{"team":"pay","zone":"z1","version":"2.3.1","weight":"7"}\
            """)
        .contains("\"lastDirtyTimestamp\":\"1700000000123\"");
  }

  @Test
  void whatIsMissingIsNamed() {
    for (String name : List.of("hostName", "ipAddr", "app", "dataCenterInfo")) {
      var wire = smallest();
      wire.remove(name);
      assertThatThrownBy(() -> InstanceReader.read(wire, "ORDERS", NOW))
          .isInstanceOf(MalformedBody.class)
          .hasMessageContaining(name);
      wire.addProperty(name, "  ");
      assertThatThrownBy(() -> InstanceReader.read(wire, "ORDERS", NOW))
          .isInstanceOf(MalformedBody.class)
          .hasMessageContaining(name);
    }
    assertThatThrownBy(() -> InstanceReader.read(smallest(), "BILLING", NOW))
        .isInstanceOf(MalformedBody.class)
        .hasMessageContaining("differs");
  }

  @Test
  void whatCannotBeHereIsRefused() {
    refused("instanceId", "ümlaut", InvalidRequest.class);
    refused("instanceId", "two\r\nlines", InvalidRequest.class);
    refused("instanceId", "i".repeat(257), InvalidRequest.class);
    refused("hostName", "two hosts", InvalidRequest.class);
    refused("lastDirtyTimestamp", "9223372036854775807", MalformedBody.class);
    var app = smallest();
    app.addProperty("app", "MY APP");
    assertThatThrownBy(() -> InstanceReader.read(app, "MY APP", NOW))
        .isInstanceOf(InvalidRequest.class);
    var port = smallest();
    port.add("port", JsonParser.parseString("{\"$\":0,\"@enabled\":\"true\"}"));
    assertThatThrownBy(() -> InstanceReader.read(port, "ORDERS", NOW))
        .isInstanceOf(InvalidRequest.class);
    var reserved = smallest();
    reserved.add("metadata", JsonParser.parseString("{\"eureka.vip\":\"x\"}"));
    assertThatThrownBy(() -> InstanceReader.read(reserved, "ORDERS", NOW))
        .isInstanceOf(MalformedBody.class)
        .hasMessageContaining("eureka.vip");
  }

  @Test
  void whatNobodyElseKnowsIsToldToThoseOnlyWhoAskForTheInstance() throws MalformedBody {
    var wire = smallest();
    wire.addProperty("neverHeardOf", "x");
    wire.add("norOfThis", JsonParser.parseString("{\"a\":[1,2]}"));
    var read = InstanceReader.read(wire, "ORDERS", NOW);
    for (var format : WireFormat.values()) {
      assertThat(shown(read, format)).doesNotContain("neverHeardOf", "norOfThis");
    }
    assertThat(text(encoder.whole(registered(read), WireFormat.JSON)))
        .contains("\"neverHeardOf\":\"x\",\"norOfThis\":{\"a\":[1,2]}");
    assertThat(text(encoder.whole(registered(read), WireFormat.XML)))
        .contains("<neverHeardOf>x</neverHeardOf><norOfThis><a>1</a><a>2</a></norOfThis>");
  }

  @Test
  void fieldsOfAnotherShapeAreRefused() throws MalformedBody {
    for (String field :
        List.of(
            "'leaseInfo':7",
            "'leaseInfo':[]",
            "'metadata':'x'",
            "'homePageUrl':{}",
            "'asgName':['a']",
            "'sid':{'a':1}",
            "'isCoordinatingDiscoveryServer':{}",
            "'dataCenterInfo':{'name':'Nowhere'}",
            "'port':{'$':'abc'}",
            "'port':{'$':1.5}",
            "'port':'abc'",
            "'port':{'$':-1}",
            "'port':{'$':65536}",
            "'securePort':{'$':'abc','@enabled':'true'}")) {
      String json = with(field);
      assertThatThrownBy(() -> read(json)).as(field).isInstanceOf(MalformedBody.class);
    }
    for (String field :
        List.of(
            "'leaseInfo':null",
            "'leaseInfo':''",
            "'metadata':''",
            "'homePageUrl':null",
            "'asgName':7",
            "'port':{}",
            "'port':null",
            "'port':'8080'",
            "'port':{'$':65535}",
            "'securePort':{'$':'abc','@enabled':'false'}")) {
      assertThat(read(with(field)).instance().key().instanceId()).as(field).isEqualTo("i-1");
    }
  }

  @Test
  void whatIsKeptIsShownInTheShapeThatClientsRead() {
    String kept =
        """
        {'port':{'$':99999999999},'securePort':7,'countryId':99999999999,
         'dataCenterInfo':{'@class':'foo.Bar','name':'Nowhere','more':1},
         'leaseInfo':{'renewalIntervalInSecs':99999999999,'durationInSecs':99999999999},
         'homePageUrl':{'a':1},'asgName':[],'sid':7,'isCoordinatingDiscoveryServer':'maybe'}
        """
            .replace('\'', '"');
    var instance =
        new Instance(
            new InstanceKey(new ServiceKey("", "payments"), "p-1"),
            NOW * 1_000,
            List.of(new Endpoint("web", "http", "10.0.0.7", 8080, false)),
            new Locality("", "", ""),
            100,
            "",
            List.of(),
            Instance.sorted(Map.of(KeptFields.REST, kept)),
            Status.UP);
    assertThat(
            text(
                encoder.instance(
                    new RegisteredInstance(instance, 1, 1, 1), Action.ADDED, WireFormat.JSON)))
        .contains("\"port\":{\"$\":8080,\"@enabled\":\"true\"}")
        .contains("\"securePort\":{\"$\":443,\"@enabled\":\"false\"},\"countryId\":2147483647")
        .contains("InstanceInfo$DefaultDataCenterInfo\",\"name\":\"MyOwn\"},")
        .contains("\"renewalIntervalInSecs\":2147483647,\"durationInSecs\":2147483647")
        .contains("\"isCoordinatingDiscoveryServer\":\"false\"")
        .doesNotContain("homePageUrl", "asgName", "foo.Bar", "more");
  }

  @Test
  void anAmazonDataCenterHasMetadataAlways() throws MalformedBody {
    assertThat(shown(read(with("'dataCenterInfo':{'name':'Amazon'}")), WireFormat.JSON))
        .contains(
            "{\"@class\":\"com.netflix.appinfo.AmazonInfo\",\"name\":\"Amazon\",\"metadata\":{}}");
  }

  @Test
  void metadataHasRoomForAsManyPairsAsOurModelLeaves() throws MalformedBody {
    assertThat(withPairs(62).instance().metadata()).as("62 and the other fields").hasSize(63);
    assertThatThrownBy(() -> withPairs(64))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("64");
  }

  @Test
  void fieldsThatSomeClientCouldNotReadAreRefusedAndIgnoredByOtherDoors() throws MalformedBody {
    for (int over : List.of(0, 1)) {
      keeps("{\"%s\":1}".formatted("n".repeat(KeptFields.NAME_CHARACTERS_MAX + over)), over == 0);
      // The field and the instance around it are two.
      int depth = XmlReader.DEPTH_MAX - 2 + over;
      keeps("{\"a\":".repeat(depth) + "1" + "}".repeat(depth), over == 0);
      var fields = new JsonObject();
      for (int i = 0; i < KeptFields.FIELDS_MAX + over; i++) {
        fields.addProperty("@a" + i, "x");
      }
      keeps(fields.toString(), over == 0);
    }
  }

  private void keeps(String field, boolean isKept) throws MalformedBody {
    var wire = smallest();
    wire.add("new", JsonParser.parseString(field));
    var byGrpc = Map.of(KeptFields.REST, "{\"new\":" + field + "}");
    assertThat(KeptFields.of(byGrpc).isPresent()).as(field).isEqualTo(isKept);
    if (isKept) {
      byte[] xml =
          encoder.whole(registered(InstanceReader.read(wire, "ORDERS", NOW)), WireFormat.XML);
      assertThat(XmlReader.read(xml, Wire.INSTANCE).has("new")).isTrue();
    } else {
      assertThatThrownBy(() -> InstanceReader.read(wire, "ORDERS", NOW))
          .isInstanceOf(MalformedBody.class);
    }
  }

  private static Registration withPairs(int pairs) throws MalformedBody {
    var wire = smallest();
    var metadata = new JsonObject();
    for (int i = 0; i < pairs; i++) {
      metadata.addProperty("key-" + i, "v");
    }
    wire.add("metadata", metadata);
    return InstanceReader.read(wire, "ORDERS", NOW);
  }

  private static void refused(String field, String value, Class<? extends Exception> type) {
    var wire = smallest();
    wire.addProperty(field, value);
    assertThatThrownBy(() -> InstanceReader.read(wire, "ORDERS", NOW))
        .as(field)
        .isInstanceOf(type)
        .message()
        .satisfies(message -> assertThat(message.lines()).hasSize(1));
  }

  /** The smallest instance with a field more, or another. */
  private static String with(String field) {
    var wire = smallest();
    JsonParser.parseString("{" + field.replace('\'', '"') + "}")
        .getAsJsonObject()
        .entrySet()
        .forEach(each -> wire.add(each.getKey(), each.getValue()));
    return wire.toString();
  }

  private static List<String> endpoints(boolean plain, boolean secure) throws MalformedBody {
    var wire = smallest();
    ports(wire, plain, secure);
    return InstanceReader.read(wire, "ORDERS", NOW).instance().endpoints().stream()
        .map(endpoint -> endpoint.name() + ":" + endpoint.port())
        .toList();
  }

  private static void ports(JsonObject wire, boolean plain, boolean secure) {
    wire.add("port", JsonParser.parseString("{\"$\":80,\"@enabled\":\"" + plain + "\"}"));
    wire.add("securePort", JsonParser.parseString("{\"$\":443,\"@enabled\":\"" + secure + "\"}"));
  }

  private static long ttlMillis(String seconds) throws MalformedBody {
    var wire = smallest();
    var lease = new JsonObject();
    lease.addProperty("durationInSecs", seconds);
    wire.add("leaseInfo", lease);
    return InstanceReader.read(wire, "ORDERS", NOW).ttlMillis();
  }

  private static JsonObject smallest() {
    return JsonParser.parseString(
            """
            {"instanceId":"i-1","hostName":"h1","app":"orders","ipAddr":"10.0.0.1",\
            "dataCenterInfo":{"name":"MyOwn"}}\
            """)
        .getAsJsonObject();
  }

  private static Registration read(String json) throws MalformedBody {
    return InstanceReader.read(JsonParser.parseString(json).getAsJsonObject(), "ORDERS", NOW);
  }

  private static RegisteredInstance registered(Registration registration) {
    return new RegisteredInstance(registration.instance(), 1, 1, 1);
  }

  private String shown(Registration registration, WireFormat format) {
    return text(encoder.instance(registered(registration), Action.ADDED, format));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
