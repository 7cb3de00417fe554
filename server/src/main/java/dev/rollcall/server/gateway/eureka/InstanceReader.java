package dev.rollcall.server.gateway.eureka;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads an instance in Eureka's shape as one of ours. */
final class InstanceReader {
  /** Eureka's, for those that name none. */
  private static final int DURATION_SECONDS_DEFAULT = 90;

  private static final int RENEWAL_SECONDS_DEFAULT = 30;
  private static final int PORT_DEFAULT = 7001;
  private static final int SECURE_PORT_DEFAULT = 7002;

  private static final long TTL_MILLIS_MIN = 1_000;
  private static final long TTL_MILLIS_MAX = 86_400_000;
  private static final long MICROS_PER_MILLI = 1_000;

  /** The end of the year 9999. */
  private static final long DIRTY_MILLIS_MAX = 253_402_300_799_999L;

  private static final int WEIGHT_MAX = 65_535;
  private static final int LABEL_BYTES_MAX = 128;

  /** What has a place of its own, or is made anew for each answer. */
  private static final Set<String> NOT_KEPT =
      Set.of(
          Wire.INSTANCE_ID,
          Wire.HOST,
          Wire.APP,
          Wire.STATUS,
          Wire.OVERRIDDEN,
          Wire.OVERRIDDEN_LOWER,
          Wire.LEASE,
          Wire.PORT,
          Wire.SECURE_PORT,
          Wire.METADATA,
          Wire.VIP,
          Wire.SECURE_VIP,
          Wire.UPDATED,
          Wire.DIRTY,
          Wire.ACTION,
          Wire.CLASS);

  private final JsonObject wire;
  private final String app;

  private InstanceReader(JsonObject wire, String app) {
    this.wire = wire;
    this.app = app;
  }

  /**
   * A registration.
   *
   * @param ttlMillis as long as the client asked for, within our limits
   */
  record Registration(Instance instance, long ttlMillis) {}

  /**
   * Reads it.
   *
   * @param app as the path names it
   * @param nowMillis by the wall, for an instance that does not say how new it is
   * @throws MalformedBody when something is missing or contradicts the path
   * @throws dev.rollcall.store.instance.InvalidRequest when it breaks a limit of ours
   */
  static Registration read(JsonObject wire, String app, long nowMillis) throws MalformedBody {
    return new InstanceReader(wire, app).read(nowMillis);
  }

  private Registration read(long nowMillis) throws MalformedBody {
    String host = required(Wire.HOST);
    required(Wire.IP);
    if (!required(Wire.APP).equalsIgnoreCase(app)) {
      throw new MalformedBody("app differs from that of the path");
    }
    WireShape.require(wire);
    var center = object(wire, Wire.DATA_CENTER);
    var lease = lease();
    var metadata = metadata();
    var kept = kept(lease);
    KeptFields.require(kept);
    text(wire, Wire.VIP).ifPresent(vip -> metadata.put(KeptFields.VIP, vip));
    text(wire, Wire.SECURE_VIP).ifPresent(vip -> metadata.put(KeptFields.SECURE_VIP, vip));
    metadata.put(KeptFields.REST, KeptFields.text(kept));
    long dirtyMillis = number(wire, Wire.DIRTY).filter(millis -> millis > 0).orElse(nowMillis);
    if (dirtyMillis > DIRTY_MILLIS_MAX) {
      throw new MalformedBody("lastDirtyTimestamp is in milliseconds, and this is no date");
    }
    var instance =
        new Instance(
            new InstanceKey(service(app), id(host, center)),
            dirtyMillis * MICROS_PER_MILLI,
            endpoints(host, kept),
            new Locality("", zone(metadata.get("zone"), center), ""),
            weight(metadata.get("weight")),
            label(metadata.get("version")),
            List.of(),
            metadata,
            WireStatus.reported(text(wire, Wire.STATUS).orElse(Status.UP.name())));
    return new Registration(instance, ttlMillis(lease));
  }

  /** The service of an app: Eureka shows names in upper case and compares them without. */
  static ServiceKey service(String app) {
    return new ServiceKey(ServiceKey.DEFAULT_NAMESPACE, app.toLowerCase(Locale.ROOT));
  }

  /** The weight that metadata asks for, if it does so in our terms. */
  static int weight(@Nullable String text) {
    try {
      int weight = text == null ? Instance.WEIGHT_DEFAULT : Integer.parseInt(text.strip());
      return weight >= 0 && weight <= WEIGHT_MAX ? weight : Instance.WEIGHT_DEFAULT;
    } catch (NumberFormatException e) {
      return Instance.WEIGHT_DEFAULT;
    }
  }

  private String required(String name) throws MalformedBody {
    return text(wire, name).orElseThrow(() -> new MalformedBody("missing: " + name));
  }

  /** Eureka takes the id, else that of the Amazon machine, else the host. */
  private String id(String host, JsonObject center) {
    return text(wire, Wire.INSTANCE_ID)
        .or(() -> text(object(center, Wire.METADATA), "instance-id"))
        .orElse(host);
  }

  private JsonObject lease() {
    var given = object(wire, Wire.LEASE);
    var lease = new JsonObject();
    lease.addProperty(
        Wire.RENEWAL_SECONDS,
        number(given, Wire.RENEWAL_SECONDS)
            .filter(seconds -> seconds > 0)
            .orElse((long) RENEWAL_SECONDS_DEFAULT));
    lease.addProperty(
        Wire.DURATION_SECONDS,
        number(given, Wire.DURATION_SECONDS)
            .filter(seconds -> seconds > 0)
            .orElse((long) DURATION_SECONDS_DEFAULT));
    return lease;
  }

  private static long ttlMillis(JsonObject lease) {
    long seconds = lease.get(Wire.DURATION_SECONDS).getAsLong();
    return Math.clamp(Math.min(seconds, TTL_MILLIS_MAX) * 1_000, TTL_MILLIS_MIN, TTL_MILLIS_MAX);
  }

  private SortedMap<String, String> metadata() throws MalformedBody {
    var metadata = new TreeMap<String, String>();
    for (var pair : object(wire, Wire.METADATA).entrySet()) {
      String key = pair.getKey();
      if (KeptFields.RESERVED.contains(key)) {
        throw new MalformedBody("metadata must not use the reserved key " + key);
      }
      // Eureka's codecs mark an empty map by its Java class.
      if (!key.equals(Wire.CLASS)) {
        metadata.put(key, shown(pair.getValue()));
      }
    }
    return metadata;
  }

  private JsonObject kept(JsonObject lease) throws MalformedBody {
    var kept = new JsonObject();
    for (var field : wire.entrySet()) {
      if (!NOT_KEPT.contains(field.getKey()) && !field.getValue().isJsonNull()) {
        kept.add(field.getKey(), field.getValue());
      }
    }
    number(wire, Wire.COUNTRY).ifPresent(country -> kept.addProperty(Wire.COUNTRY, country));
    kept.add(Wire.PORT, port(Wire.PORT, PORT_DEFAULT, true));
    kept.add(Wire.SECURE_PORT, port(Wire.SECURE_PORT, SECURE_PORT_DEFAULT, false));
    kept.add(Wire.LEASE, lease);
    if (WireStatus.isUnknown(text(wire, Wire.STATUS))) {
      kept.addProperty(Wire.STATUS, Wire.UNKNOWN);
    }
    return kept;
  }

  /** A port; what does not count need not be one. */
  private JsonObject port(String name, int ifAbsent, boolean ifUnsaid) throws MalformedBody {
    var given = object(wire, name);
    boolean isNumber = wire.has(name) && wire.get(name).isJsonPrimitive();
    var said = isNumber ? text(wire, name) : text(given, Wire.TEXT);
    var number = isNumber ? number(wire, name) : number(given, Wire.TEXT);
    boolean isEnabled = WireShape.isEnabled(given, ifUnsaid);
    var port = number.filter(WireShape::isPort);
    if (isEnabled && said.isPresent() && port.isEmpty()) {
      throw new MalformedBody(name + " must be a number, 1 to 65535");
    }
    return WireShape.port(port.orElse((long) ifAbsent), isEnabled);
  }

  /** Every instance has an address, be it that of a port that nobody should use. */
  private static List<Endpoint> endpoints(String host, JsonObject kept) {
    var endpoints = new ArrayList<Endpoint>(2);
    var plain = object(kept, Wire.PORT);
    var secure = object(kept, Wire.SECURE_PORT);
    if (WireShape.isEnabled(plain, false) || !WireShape.isEnabled(secure, false)) {
      endpoints.add(new Endpoint("http", "http", host, number(plain), false));
    }
    if (WireShape.isEnabled(secure, false)) {
      endpoints.add(new Endpoint("https", "https", host, number(secure), true));
    }
    return endpoints;
  }

  private static int number(JsonObject port) {
    return Math.clamp(port.get(Wire.TEXT).getAsLong(), 0, Integer.MAX_VALUE);
  }

  private static String zone(@Nullable String inMetadata, JsonObject center) {
    String zone =
        inMetadata != null
            ? inMetadata
            : text(object(center, Wire.METADATA), "availability-zone").orElse("");
    return label(zone);
  }

  /** What is longer than a label of ours is kept in metadata only. */
  private static String label(@Nullable String text) {
    return text != null && text.getBytes(StandardCharsets.UTF_8).length <= LABEL_BYTES_MAX
        ? text
        : "";
  }

  /** The object of this name, empty when there is none. */
  static JsonObject object(JsonObject of, String name) {
    var value = of.get(name);
    return value != null && value.isJsonObject() ? value.getAsJsonObject() : new JsonObject();
  }

  /** The text of this name, if it says anything. */
  static Optional<String> text(JsonObject of, String name) {
    var value = of.get(name);
    return value != null && value.isJsonPrimitive() && !value.getAsString().isBlank()
        ? Optional.of(value.getAsString())
        : Optional.empty();
  }

  /** The whole number of this name, if it is one; texts count too. */
  static Optional<Long> number(JsonObject of, String name) {
    try {
      return text(of, name).map(text -> Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String shown(JsonElement value) {
    if (value.isJsonNull()) {
      return "";
    }
    return value.isJsonPrimitive() ? value.getAsString() : value.toString();
  }
}
