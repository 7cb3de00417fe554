package dev.rollcall.server.gateway.eureka;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An instance as the strictest of Eureka's clients reads it in a list: Jackson as Spring Cloud
 * 2025.1 and eureka-client 2.0.6 (JacksonJson) have it, which refuses a whole list for one field
 * that it does not know, or that has another type.
 */
final class ListedFields {
  private static final String TEXT = "\".*\"";
  private static final String INTEGER = "-?[0-9]{1,10}";
  private static final String MILLIS = "-?[0-9]{1,18}";
  private static final String FLAG = "\"(true|false)\"";
  private static final String STATUS = "\"(UP|DOWN|STARTING|OUT_OF_SERVICE|UNKNOWN)\"";

  private static final Map<String, Pattern> PLAIN =
      patterns(
          Map.ofEntries(
              Map.entry("instanceId", TEXT),
              Map.entry("hostName", TEXT),
              Map.entry("app", TEXT),
              Map.entry("ipAddr", TEXT),
              Map.entry("status", STATUS),
              Map.entry("overriddenStatus", STATUS),
              Map.entry("countryId", INTEGER),
              Map.entry("appGroupName", TEXT),
              Map.entry("homePageUrl", TEXT),
              Map.entry("statusPageUrl", TEXT),
              Map.entry("healthCheckUrl", TEXT),
              Map.entry("secureHealthCheckUrl", TEXT),
              Map.entry("vipAddress", TEXT),
              Map.entry("secureVipAddress", TEXT),
              Map.entry("isCoordinatingDiscoveryServer", FLAG),
              Map.entry("lastUpdatedTimestamp", TEXT),
              Map.entry("lastDirtyTimestamp", TEXT),
              Map.entry("actionType", "\"(ADDED|MODIFIED|DELETED)\""),
              Map.entry("sid", TEXT),
              Map.entry("asgName", TEXT)));

  private static final Map<String, Map<String, Pattern>> OBJECTS =
      Map.of(
          "port", patterns(Map.of("$", INTEGER, "@enabled", FLAG)),
          "securePort", patterns(Map.of("$", INTEGER, "@enabled", FLAG)),
          "leaseInfo",
              patterns(
                  Map.of(
                      "renewalIntervalInSecs", INTEGER,
                      "durationInSecs", INTEGER,
                      "registrationTimestamp", MILLIS,
                      "lastRenewalTimestamp", MILLIS,
                      "evictionTimestamp", MILLIS,
                      "serviceUpTimestamp", MILLIS)));

  private static final Map<String, Pattern> OWN_CENTER =
      patterns(
          Map.of(
              "@class", "\"com.netflix.appinfo.InstanceInfo\\$DefaultDataCenterInfo\"",
              "name", "\"(MyOwn|Netflix)\""));
  private static final Map<String, Pattern> AMAZON =
      patterns(Map.of("@class", "\"com.netflix.appinfo.AmazonInfo\"", "name", "\"Amazon\""));

  private ListedFields() {}

  static void require(JsonObject instance) {
    for (var field : instance.entrySet()) {
      String name = field.getKey();
      if (OBJECTS.containsKey(name)) {
        requireFields(field.getValue().getAsJsonObject(), OBJECTS.get(name));
      } else if (name.equals("metadata")) {
        requireTexts(field.getValue().getAsJsonObject());
      } else if (name.equals("dataCenterInfo")) {
        requireCenter(field.getValue().getAsJsonObject());
      } else {
        requireField(name, field.getValue(), PLAIN);
      }
    }
  }

  private static void requireCenter(JsonObject center) {
    if (!center.get("name").getAsString().equals("Amazon")) {
      requireFields(center, OWN_CENTER);
      return;
    }
    var rest = center.deepCopy();
    requireTexts(rest.remove("metadata").getAsJsonObject());
    requireFields(rest, AMAZON);
  }

  private static void requireFields(JsonObject object, Map<String, Pattern> known) {
    assertThat(object.keySet()).isSubsetOf(known.keySet());
    object.entrySet().forEach(field -> requireField(field.getKey(), field.getValue(), known));
  }

  private static void requireField(String name, JsonElement value, Map<String, Pattern> known) {
    assertThat(known).as("known fields").containsKey(name);
    assertThat(value.toString()).as(name).matches(known.get(name));
  }

  private static void requireTexts(JsonObject pairs) {
    pairs.asMap().values().forEach(value -> assertThat(value.toString()).matches("(?s)\".*\""));
  }

  private static Map<String, Pattern> patterns(Map<String, String> texts) {
    return texts.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey, each -> Pattern.compile(each.getValue(), Pattern.DOTALL)));
  }
}
