package dev.rollcall.chaos.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that two servers are compared by: lives of instances of all kinds, looked at in
 * every format, and what is wrong in all ways that clients get things wrong. They leave nothing
 * registered.
 */
final class Script {
  private static final String JSON = "application/json";
  private static final String XML = "application/xml";
  private static final long HOUR_MILLIS = 3_600_000;

  private final List<Exchange> exchanges = new ArrayList<>();

  /** When all instances say that they last changed. */
  private final long dirtyMillis;

  private Script(long nowMillis) {
    dirtyMillis = nowMillis - HOUR_MILLIS;
  }

  /** All requests, in order. */
  static List<Exchange> at(long nowMillis) {
    var script = new Script(nowMillis);
    script.nothingIsThere();
    script.inJson();
    script.inXml();
    script.elsewhere();
    script.heartbeats();
    script.overrides();
    script.statuses();
    script.metadata();
    script.timestamps();
    script.malformed();
    script.everythingGoes();
    return List.copyOf(script.exchanges);
  }

  private void nothingIsThere() {
    everywhere("apps");
    everywhere("apps/delta");
    for (String path :
        List.of("apps/NOBODY", "apps/NOBODY/n-1", "instances/n-1", "vips/nobody", "svips/nobody")) {
      look(path, JSON);
      look(path, XML);
    }
    send("PUT", "apps/NOBODY/n-1?status=UP&lastDirtyTimestamp=" + dirtyMillis);
    send("DELETE", "apps/NOBODY/n-1");
    send("PUT", "apps/NOBODY/n-1/status?value=OUT_OF_SERVICE");
    send("DELETE", "apps/NOBODY/n-1/status");
    send("PUT", "apps/NOBODY/n-1/metadata?a=b");
    send("GET", "nothing");
    look("apps?regions=us-east-1", JSON);
  }

  private void inJson() {
    post("ORDERS", JSON, json("ORDERS", "o-1", "UP", full()));
    lookAtAll("ORDERS", "o-1", "orders");
    everywhere("apps");
    look("apps/delta", JSON);
    look("apps/delta", XML);
    post("ORDERS", JSON, json("ORDERS", "o-2", "STARTING", ""));
    lookAtAll("ORDERS", "o-2", "orders");
    look("apps", JSON);
    look("vips/orders,other", JSON);
    look("svips/orders-secure", JSON);
    look("svips/orders-secure", XML);
  }

  private void inXml() {
    post("BILLING", XML, xml("BILLING", "b-1", "UP"));
    lookAtAll("BILLING", "b-1", "billing");
    everywhere("apps/BILLING");
    look("apps/billing", JSON);
    look("apps/billing/b-1", JSON);
    post("billing", JSON, json("billing", "b-2", "DOWN", ""));
    lookAtAll("billing", "b-2", "billing");
    everywhere("apps");
  }

  private void elsewhere() {
    post("CLOUD", JSON, json("CLOUD", "i-0abc", "UP", amazon()));
    lookAtAll("CLOUD", "i-0abc", "cloud");
    look("apps/delta", JSON);
  }

  private void heartbeats() {
    String path = "apps/ORDERS/o-1";
    send("PUT", path);
    send("PUT", path + "?status=UP&lastDirtyTimestamp=" + dirtyMillis);
    send("PUT", path + "?status=UP&lastDirtyTimestamp=" + (dirtyMillis + 1));
    send("PUT", path + "?status=UP&lastDirtyTimestamp=" + (dirtyMillis - 1));
    send("PUT", path + "?status=UP&lastDirtyTimestamp=nonsense");
    send("PUT", "apps/orders/o-1?status=UP&lastDirtyTimestamp=" + dirtyMillis);
    send("PUT", "apps/ORDERS/o-9?status=UP&lastDirtyTimestamp=" + dirtyMillis);
    send("PUT", path + "?status=DOWN&lastDirtyTimestamp=" + dirtyMillis);
    look(path, JSON);
  }

  private void overrides() {
    String path = "apps/ORDERS/o-1";
    String stamp = "&lastDirtyTimestamp=" + dirtyMillis;
    send("PUT", path + "/status?value=OUT_OF_SERVICE" + stamp);
    lookAtAll("ORDERS", "o-1", "orders");
    look("apps", JSON);
    look("apps/delta", JSON);
    send("PUT", path + "?status=UP" + stamp);
    post("ORDERS", JSON, json("ORDERS", "o-1", "UP", full()));
    look(path, JSON);
    send("DELETE", path + "/status?value=UP" + stamp);
    look(path, JSON);
    send("PUT", path + "/status?value=DOWN" + stamp);
    look(path, XML);
    send("DELETE", path + "/status");
    look(path, JSON);
    send("PUT", path + "?status=UP" + stamp);
    send("PUT", path + "/status?value=UP" + stamp);
    look(path, JSON);
    send("DELETE", path + "/status?value=UP" + stamp);
    send("PUT", path + "/status?value=NONSENSE" + stamp);
    look(path, JSON);
    send("PUT", path + "/status");
  }

  private void statuses() {
    for (String status : List.of("DOWN", "OUT_OF_SERVICE", "UNKNOWN", "NONSENSE", "UP")) {
      post("STATES", JSON, json("STATES", "s-" + status, status, ""));
      look("apps/STATES/s-" + status, JSON);
    }
    look("apps", XML);
  }

  private void metadata() {
    String path = "apps/BILLING/b-1";
    send("PUT", path + "/metadata?zone=z2&colour=blue");
    look(path, JSON);
    look(path, XML);
    send("PUT", path + "/metadata?colour=");
    look(path, JSON);
    send("PUT", path + "/metadata");
    send("PUT", "apps/BILLING/b-9/metadata?colour=red");
    look("apps/BILLING", XML);
  }

  private void timestamps() {
    String path = "apps/TIMES/t-1";
    post("TIMES", JSON, json("TIMES", "t-1", "UP", ",\"homePageUrl\":\"http://first/\""));
    post("TIMES", JSON, json("TIMES", "t-1", "UP", ",\"homePageUrl\":\"http://second/\""));
    look(path, JSON);
    post("TIMES", JSON, stamped("t-1", dirtyMillis - 5_000, "http://older/"));
    look(path, JSON);
    post("TIMES", JSON, stamped("t-1", dirtyMillis + 5_000, "http://newer/"));
    look(path, JSON);
    send("PUT", path + "?status=UP&lastDirtyTimestamp=" + dirtyMillis);
    send("PUT", path + "?status=UP&lastDirtyTimestamp=" + (dirtyMillis + 5_000));
    send("PUT", path + "?status=UP&lastDirtyTimestamp=" + (dirtyMillis + 5_001));
    look("apps", JSON);
    send("DELETE", path);
    send("DELETE", path);
    look(path, JSON);
    look("apps/delta", JSON);
    look("apps/delta", XML);
    post("TIMES", JSON, stamped("t-2", dirtyMillis, "http://again/"));
    look("apps/TIMES", JSON);
  }

  private void malformed() {
    post("WRONG", JSON, "");
    post("WRONG", JSON, "{");
    post("WRONG", JSON, "{}");
    post("WRONG", JSON, "[]");
    post("WRONG", JSON, "{\"instance\":{}}");
    post("WRONG", XML, "<instance>");
    post("WRONG", XML, "<instance></instance>");
    post("WRONG", "text/plain", "hello");
    for (String field :
        List.of("instanceId", "hostName", "ipAddr", "app", "dataCenterInfo", "status", "port")) {
      post("WRONG", JSON, without(field, json("WRONG", "w-" + field, "UP", "")));
    }
    post("WRONG", JSON, json("OTHER", "w-1", "UP", ""));
    post("WRONG", JSON, json("WRONG", "w-2", "UP", ",\"neverHeardOf\":{\"a\":[1,2]}"));
    look("apps/WRONG/w-2", JSON);
    post("WRONG", XML, "<!DOCTYPE instance [<!ENTITY x \"y\">]>" + xml("WRONG", "w-3", "UP"));
    numbers();
    names();
    send("POST", "apps");
    send("PUT", "apps");
    send("DELETE", "apps");
    send("PATCH", "apps/ORDERS/o-1");
    send("POST", "apps/ORDERS/o-1");
    send("PUT", "apps/ORDERS");
    post("peerreplication/batch", JSON, "{\"replicationList\":[]}");
    send("PUT", "asg/orders-v3/status?value=DISABLED");
    send("GET", "serverinfo/statusoverrides");
  }

  /** Numbers that are none, or out of any range. */
  private void numbers() {
    for (String port :
        List.of("\"abc\"", "0", "-1", "65536", "99999999999", "\"\"", "null", "1.5")) {
      String id = "n-port" + exchanges.size();
      post("NUMBERS", JSON, json("NUMBERS", id, "UP", "").replace("8080", port));
      look("apps/NUMBERS/" + id, JSON);
      send("DELETE", "apps/NUMBERS/" + id);
    }
    for (String field :
        List.of(
            "\"leaseInfo\":{\"renewalIntervalInSecs\":0,\"durationInSecs\":0}",
            "\"leaseInfo\":{\"renewalIntervalInSecs\":-1,\"durationInSecs\":-1}",
            "\"leaseInfo\":{\"renewalIntervalInSecs\":\"x\",\"durationInSecs\":\"x\"}",
            "\"leaseInfo\":{}",
            "\"leaseInfo\":null",
            "\"leaseInfo\":7",
            "\"countryId\":\"x\"",
            "\"countryId\":49",
            "\"lastUpdatedTimestamp\":\"x\"",
            "\"metadata\":null",
            "\"metadata\":{}",
            "\"metadata\":\"x\"",
            "\"metadata\":{\"n\":null,\"i\":1,\"b\":true}",
            "\"metadata\":{\"@class\":\"java.util.Collections$EmptyMap\"}",
            "\"overriddenstatus\":\"DOWN\"",
            "\"overriddenStatus\":\"DOWN\"",
            "\"isCoordinatingDiscoveryServer\":\"true\"",
            "\"actionType\":\"DELETED\"",
            "\"secureHealthCheckUrl\":\"https://h/\"",
            "\"appGroupName\":\"sales\"",
            "\"sid\":\"x\"")) {
      String id = "n-" + exchanges.size();
      post("NUMBERS", JSON, json("NUMBERS", id, "UP", "," + field));
      look("apps/NUMBERS/" + id, JSON);
      look("apps/NUMBERS/" + id, XML);
      send("DELETE", "apps/NUMBERS/" + id);
    }
    String stamp = "n-stamp";
    post("NUMBERS", JSON, json("NUMBERS", stamp, "UP", "").replace("" + dirtyMillis, "x"));
    look("apps/NUMBERS/" + stamp, JSON);
    send("DELETE", "apps/NUMBERS/" + stamp);
    post("NUMBERS", JSON, json("NUMBERS", stamp, "UP", "").replace("" + dirtyMillis, "-1"));
    look("apps/NUMBERS/" + stamp, JSON);
    send("DELETE", "apps/NUMBERS/" + stamp);
  }

  private void names() {
    for (String id : List.of("host:app:8080", "a b", "a%2Fb", "caf\u00e9")) {
      String path = "apps/NAMES/" + id.replace(" ", "%20").replace("\u00e9", "%C3%A9");
      post("NAMES", JSON, json("NAMES", id.replace("%2F", "/"), "UP", ""));
      look(path, JSON);
      send("PUT", path + "?status=UP&lastDirtyTimestamp=" + dirtyMillis);
      send("DELETE", path);
    }
    for (String app : List.of("MY_APP", "my.app-1", "MY%20APP", "A%26B")) {
      post(app, JSON, json(app.replace("%20", " ").replace("%26", "&"), "x-1", "UP", ""));
      look("apps/" + app, JSON);
      look("apps/" + app, XML);
      send("DELETE", "apps/" + app + "/x-1");
    }
    String map = "<metadata><my__key>1</my__key><a.b>2</a.b><c-d>&lt;&amp;</c-d></metadata>";
    post("NAMES", XML, xml("NAMES", "x-2", "UP").replaceFirst("<metadata>.*</metadata>", map));
    look("apps/NAMES", JSON);
    look("apps/NAMES", XML);
    send("DELETE", "apps/NAMES/x-2");
    post("NAMES", XML, xml("NAMES", "x-3", "up"));
    look("apps/NAMES", JSON);
    send("DELETE", "apps/NAMES/x-3");
    post("NAMES", JSON, json("NAMES", "x-4", "UP", "").replace("MyOwn", "Netflix"));
    look("apps/NAMES", JSON);
    send("DELETE", "apps/NAMES/x-4");
    post("NAMES", JSON, json("NAMES", "x-5", "UP", "").replace("MyOwn", "Nowhere"));
    look("apps/NAMES", JSON);
    send("DELETE", "apps/NAMES/x-5");
    for (String accept :
        List.of(
            "*/*",
            "text/html",
            "application/xml, application/json;q=0.5",
            "application/json, application/*+json",
            "text/json")) {
      look("apps", accept);
      look("apps/ORDERS", accept);
    }
    for (String path : List.of("apps/", "apps//ORDERS", "apps/ORDERS/", "apps/ORDERS/o-1/")) {
      look(path, JSON);
    }
    for (String path : List.of("apps/ORDERS", "apps/ORDERS/o-1", "vips/orders", "instances/o-1")) {
      add("GET", path, Map.of("Accept", JSON, "Accept-Encoding", "gzip"), "");
      add("GET", path, Map.of("Accept", JSON, "X-Eureka-Accept", "compact"), "");
    }
    add("HEAD", "apps", Map.of("Accept", JSON), "");
  }

  private void everythingGoes() {
    for (String path :
        List.of(
            "apps/ORDERS/o-1",
            "apps/ORDERS/o-2",
            "apps/BILLING/b-1",
            "apps/billing/b-2",
            "apps/CLOUD/i-0abc",
            "apps/TIMES/t-2",
            "apps/STATES/s-UP",
            "apps/STATES/s-DOWN",
            "apps/STATES/s-OUT_OF_SERVICE",
            "apps/STATES/s-UNKNOWN",
            "apps/STATES/s-NONSENSE",
            "apps/WRONG/w-2",
            "apps/WRONG/w-3",
            "apps/WRONG/w-status",
            "apps/WRONG/w-port")) {
      send("DELETE", path);
    }
    look("apps", JSON);
    look("apps", XML);
  }

  /** In every format that there is. */
  private void everywhere(String path) {
    look(path, JSON);
    look(path, XML);
    add("GET", path, Map.of("Accept", JSON, "X-Eureka-Accept", "compact"), "");
    add("GET", path, Map.of("Accept", XML, "X-Eureka-Accept", "compact"), "");
    add("GET", path, Map.of("Accept", JSON, "Accept-Encoding", "gzip"), "");
    add("GET", path, Map.of(), "");
  }

  private void lookAtAll(String app, String id, String vip) {
    look("apps/" + app, JSON);
    look("apps/" + app + "/" + id, JSON);
    look("apps/" + app + "/" + id, XML);
    look("instances/" + id, JSON);
    look("vips/" + vip, JSON);
  }

  private void look(String path, String accept) {
    add("GET", path, Map.of("Accept", accept), "");
  }

  private void post(String app, String type, String body) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Content-Type", type);
    headers.put("Accept", JSON);
    add("POST", "apps/" + app, headers, body);
  }

  private void send(String method, String path) {
    add(method, path, Map.of("Accept", JSON), "");
  }

  private void add(String method, String path, Map<String, String> headers, String body) {
    exchanges.add(new Exchange(method, path, headers, body));
  }

  /** An instance; {@code more} are further fields, a comma before each. */
  private String json(String app, String id, String status, String more) {
    return """
    {"instance":{"instanceId":"%s","app":"%s","hostName":"host-%s","ipAddr":"10.0.0.7",
    "vipAddress":"%s","status":"%s","port":{"$":8080,"@enabled":"true"},
    "securePort":{"$":8443,"@enabled":"false"},"lastDirtyTimestamp":"%d",
    "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
    "name":"MyOwn"}%s}}\
    """
        .formatted(id, app, id, app.toLowerCase(java.util.Locale.ROOT), status, dirtyMillis, more);
  }

  private static String full() {
    return """
    ,"secureVipAddress":"orders-secure","countryId":1,"appGroupName":"SALES","asgName":"orders-v3",
    "homePageUrl":"http://host-o-1:8080/","statusPageUrl":"http://host-o-1:8080/info",
    "healthCheckUrl":"http://host-o-1:8080/health","sid":"na",
    "leaseInfo":{"renewalIntervalInSecs":10,"durationInSecs":600},
    "metadata":{"zone":"z1","version":"2.3.1","weight":"50","empty":"","text":"a < b & \\"c\\""}\
    """;
  }

  private static String amazon() {
    return """
    ,"dataCenterInfo":{"@class":"com.netflix.appinfo.AmazonInfo","name":"Amazon",
    "metadata":{"instance-id":"i-0abc","availability-zone":"us-east-1c","ami-id":"ami-1",
    "local-ipv4":"10.0.0.7","public-hostname":"ec2-1.example"}}\
    """;
  }

  private String stamped(String id, long stamp, String homePage) {
    return json("TIMES", id, "UP", ",\"homePageUrl\":\"" + homePage + "\"")
        .replace("\"" + dirtyMillis + "\"", "\"" + stamp + "\"");
  }

  /** The same without a field of the instance; only for bodies without further fields. */
  private static String without(String field, String body) {
    return body.replaceFirst("\"" + field + "\":(\"[^\"]*\"|\\{[^}]*})[,\\n]*", "")
        .replaceFirst(",\\s*}}$", "}}");
  }

  private String xml(String app, String id, String status) {
    return """
    <instance><instanceId>%s</instanceId><hostName>host-%s</hostName><app>%s</app>\
    <ipAddr>10.0.0.8</ipAddr><status>%s</status><overriddenstatus>UNKNOWN</overriddenstatus>\
    <port enabled="true">9000</port><securePort enabled="true">9443</securePort>\
    <countryId>1</countryId>\
    <dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo">\
    <name>MyOwn</name></dataCenterInfo>\
    <leaseInfo><renewalIntervalInSecs>30</renewalIntervalInSecs>\
    <durationInSecs>90</durationInSecs></leaseInfo>\
    <metadata><zone>z1</zone><colour>red</colour></metadata>\
    <homePageUrl>http://host/</homePageUrl><vipAddress>billing</vipAddress>\
    <secureVipAddress>billing-secure</secureVipAddress>\
    <isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>\
    <lastDirtyTimestamp>%d</lastDirtyTimestamp></instance>\
    """
        .formatted(id, id, app, status, dirtyMillis);
  }
}
