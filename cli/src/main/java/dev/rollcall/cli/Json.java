package dev.rollcall.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rollcall.client.Endpoint;
import dev.rollcall.client.Explanation;
import dev.rollcall.client.Finding;
import dev.rollcall.client.InstanceOverride;
import dev.rollcall.client.Member;
import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.ResolvedService;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.ServiceSummary;
import dev.rollcall.client.StatusOverride;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The JSON that scripts read. Field names stay; new ones may come. docs/cli.md lists them. */
final class Json {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private Json() {}

  /** One line. */
  static String text(JsonElement value) {
    return GSON.toJson(value);
  }

  static <T> JsonArray array(List<T> values, Function<T, JsonElement> each) {
    var array = new JsonArray();
    values.forEach(value -> array.add(each.apply(value)));
    return array;
  }

  /** What the verb resolve prints, and what watch --exec gives to its program. */
  static JsonObject resolved(ResolvedService resolved, String namespace) {
    var json = new JsonObject();
    json.addProperty("namespace", namespace);
    json.addProperty("service", resolved.service());
    json.addProperty("revision", resolved.revision());
    json.addProperty("serviceRevision", resolved.serviceRevision());
    json.addProperty("lagMillis", resolved.lag().toMillis());
    json.addProperty("oneRevision", resolved.isOneRevision());
    json.addProperty("guarded", resolved.isGuarded());
    json.add("spec", resolved.spec().map(Json::spec).orElse(null));
    json.add("instances", array(resolved.instances(), Json::instance));
    return json;
  }

  static JsonObject instance(ServiceInstance instance) {
    var json = new JsonObject();
    json.addProperty("namespace", instance.namespace());
    json.addProperty("service", instance.service());
    json.addProperty("id", instance.id());
    json.addProperty("status", instance.status().name());
    json.addProperty("weight", instance.weight());
    json.addProperty("version", instance.version());
    json.add("endpoints", array(instance.endpoints(), Json::endpoint));
    json.add("tags", GSON.toJsonTree(instance.tags()));
    json.add("metadata", GSON.toJsonTree(instance.metadata()));
    var locality = new JsonObject();
    locality.addProperty("region", instance.locality().region());
    locality.addProperty("zone", instance.locality().zone());
    locality.addProperty("subZone", instance.locality().subZone());
    json.add("locality", locality);
    json.addProperty("incarnation", instance.registered().incarnation());
    json.addProperty("leaseId", instance.registered().leaseId());
    json.addProperty("createRevision", instance.registered().createRevision());
    json.addProperty("modRevision", instance.registered().modRevision());
    var standing = instance.standing();
    json.addProperty("effectiveStatus", instance.effectiveStatus().name());
    json.addProperty("statusCause", standing.cause().name());
    json.addProperty("lifecycle", standing.lifecycle().name());
    json.addProperty("drainDeadlineMillis", millis(standing.drainDeadline()));
    json.addProperty("suspect", standing.isSuspect());
    json.add("override", standing.override().map(Json::override).orElse(null));
    return json;
  }

  static JsonObject override(StatusOverride override) {
    var json = new JsonObject();
    json.addProperty("status", override.status().name());
    json.addProperty("actor", override.actor());
    json.addProperty("reason", override.reason());
    json.addProperty("expiresMillis", millis(override.expires()));
    return json;
  }

  static JsonObject instanceOverride(InstanceOverride each) {
    JsonObject json = override(each.override());
    json.addProperty("namespace", each.namespace());
    json.addProperty("service", each.service());
    json.addProperty("id", each.instanceId());
    return json;
  }

  static JsonObject spec(ServiceSpec spec) {
    var json = new JsonObject();
    json.addProperty("namespace", spec.namespace());
    json.addProperty("service", spec.service());
    json.add("labels", GSON.toJsonTree(spec.labels()));
    json.addProperty("defaultTtlMillis", spec.defaultTtl().map(Duration::toMillis).orElse(0L));
    json.addProperty("floor", spec.floor());
    json.addProperty("loadBalancing", spec.loadBalancing().name());
    json.add("subsets", GSON.toJsonTree(spec.subsets()));
    json.addProperty("createRevision", spec.createRevision());
    json.addProperty("modRevision", spec.modRevision());
    return json;
  }

  /** 0 when it is empty. */
  private static long millis(Optional<Instant> instant) {
    return instant.map(Instant::toEpochMilli).orElse(0L);
  }

  static JsonObject explanation(Explanation explanation) {
    var json = new JsonObject();
    json.addProperty("inPool", explanation.isInPool());
    json.addProperty("verdict", explanation.verdict());
    json.add("findings", array(explanation.findings(), Json::finding));
    explanation.instance().ifPresent(found -> json.add("instance", instance(found)));
    json.addProperty("revision", explanation.revision());
    return json;
  }

  private static JsonObject finding(Finding finding) {
    var json = new JsonObject();
    json.addProperty("kind", finding.kind().name());
    json.addProperty("excludes", finding.excludes());
    json.addProperty("sentence", finding.sentence());
    return json;
  }

  static JsonObject summary(ServiceSummary summary) {
    var json = new JsonObject();
    json.addProperty("namespace", summary.namespace());
    json.addProperty("service", summary.service());
    json.addProperty("instances", summary.instances());
    json.addProperty("revision", summary.revision());
    json.add("labels", GSON.toJsonTree(summary.labels()));
    return json;
  }

  static JsonObject member(Member member) {
    var json = new JsonObject();
    json.addProperty("nodeId", member.nodeId());
    json.addProperty("clientAddress", member.clientAddress());
    json.addProperty("peerAddress", member.peerAddress());
    json.addProperty("voter", member.voter());
    json.addProperty("leader", member.leader());
    json.addProperty("leaving", member.leaving());
    json.addProperty("replaces", member.replaces().orElse(""));
    json.addProperty("matchIndex", member.matchIndex());
    return json;
  }

  static JsonObject status(NodeStatus status) {
    var json = new JsonObject();
    json.addProperty("nodeId", status.nodeId());
    json.addProperty("clusterId", status.clusterId());
    json.addProperty("historyId", status.historyId());
    json.addProperty("role", status.role().name());
    json.addProperty("term", status.term());
    json.addProperty("leaderId", status.leaderId());
    json.addProperty("revision", status.revision());
    json.addProperty("commitIndex", status.commitIndex());
    json.addProperty("appliedIndex", status.appliedIndex());
    json.addProperty("lastIndex", status.lastIndex());
    json.addProperty("stateDigest", status.stateDigest());
    json.addProperty("instances", status.instances());
    json.addProperty("leases", status.leases());
    json.addProperty("lagMillis", status.lag().toMillis());
    json.addProperty("version", status.version());
    json.addProperty("featureLevel", status.featureLevel());
    json.addProperty("featureLevelSupported", status.featureLevelSupported());
    return json;
  }

  private static JsonObject endpoint(Endpoint endpoint) {
    var json = new JsonObject();
    json.addProperty("name", endpoint.name());
    json.addProperty("protocol", endpoint.protocol());
    json.addProperty("host", endpoint.host());
    json.addProperty("port", endpoint.port());
    json.addProperty("tls", endpoint.tls());
    return json;
  }
}
