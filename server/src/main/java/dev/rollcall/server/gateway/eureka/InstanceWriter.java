package dev.rollcall.server.gateway.eureka;

import com.google.gson.JsonObject;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Status;
import dev.rollcall.store.instance.StatusCause;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/** Shows an instance of the registry in Eureka's shape, wherever it was registered. */
final class InstanceWriter {
  private static final long MICROS_PER_MILLI = 1_000;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int RENEWALS_PER_TTL = 3;

  private final LongFunction<OptionalLong> ttlMillis;

  /**
   * Makes one.
   *
   * @param ttlMillis of a lease by its id, if it is there
   */
  InstanceWriter(LongFunction<OptionalLong> ttlMillis) {
    this.ttlMillis = ttlMillis;
  }

  /** What became of an instance, as an answer says it. */
  enum Action {
    ADDED,
    MODIFIED,
    DELETED
  }

  /** The instance as everybody can read it, in the order in which Eureka writes it. */
  JsonObject write(RegisteredInstance registered, Action action) {
    var instance = registered.instance();
    var ours = KeptFields.of(instance.metadata());
    var kept = ours.orElseGet(JsonObject::new);
    var first = instance.endpoints().getFirst();
    String status = status(registered, kept);
    String millis = Long.toString(instance.incarnation() / MICROS_PER_MILLI);

    var wire = new JsonObject();
    wire.addProperty(Wire.INSTANCE_ID, registered.id());
    wire.addProperty(Wire.HOST, first.host());
    wire.addProperty(Wire.APP, app(instance));
    wire.addProperty(Wire.IP, InstanceReader.text(kept, Wire.IP).orElse(first.host()));
    wire.addProperty(Wire.STATUS, status);
    wire.addProperty(
        Wire.OVERRIDDEN,
        registered
            .standing()
            .override()
            .map(override -> override.status().name())
            .orElse(Wire.UNKNOWN));
    addPorts(wire, instance, kept);
    wire.addProperty(
        Wire.COUNTRY, WireShape.clamped(InstanceReader.number(kept, Wire.COUNTRY).orElse(1L)));
    wire.add(Wire.DATA_CENTER, WireShape.dataCenter(InstanceReader.object(kept, Wire.DATA_CENTER)));
    wire.add(Wire.LEASE, lease(registered, kept, status));
    wire.add(Wire.METADATA, metadata(instance, ours.isPresent()));
    InstanceReader.text(kept, Wire.GROUP)
        .ifPresent(group -> wire.addProperty(Wire.GROUP, group.toUpperCase(Locale.ROOT)));
    Wire.ADDRESSES.forEach(name -> copy(kept, name, wire));
    addVips(wire, instance);
    // Of servers among instances: none of them is one of ours.
    wire.addProperty(Wire.COORDINATING, "false");
    wire.addProperty(Wire.UPDATED, millis);
    wire.addProperty(Wire.DIRTY, millis);
    wire.addProperty(Wire.ACTION, action.name());
    copy(kept, Wire.ASG, wire);
    return wire;
  }

  /** The instance with all that was said of it, for those who ask for it alone. */
  JsonObject writeAll(RegisteredInstance registered) {
    var wire = write(registered, Action.ADDED);
    KeptFields.of(registered.instance().metadata()).orElseGet(JsonObject::new).entrySet().stream()
        .filter(field -> !wire.has(field.getKey()))
        .forEach(field -> wire.add(field.getKey(), field.getValue()));
    return wire;
  }

  /** What a compact answer shows of it. */
  static JsonObject compact(JsonObject wire) {
    var compact = new JsonObject();
    wire.entrySet().stream()
        .filter(field -> Wire.COMPACT.contains(field.getKey()))
        .forEach(field -> compact.add(field.getKey(), field.getValue()));
    return compact;
  }

  /** The name of an instance's app. */
  static String app(Instance instance) {
    return instance.key().service().name().toUpperCase(Locale.ROOT);
  }

  /** The status of an instance as Eureka shows and counts it. */
  static String status(RegisteredInstance registered) {
    // Only what is not ready can stand for what nobody knows: spares reading the rest for most.
    boolean mayBeUnknown = registered.effectiveStatus() == Status.STARTING;
    return status(
        registered,
        mayBeUnknown
            ? KeptFields.of(registered.instance().metadata()).orElseGet(JsonObject::new)
            : new JsonObject());
  }

  private static String status(RegisteredInstance registered, JsonObject kept) {
    boolean isReported = registered.statusCause() == StatusCause.REPORTED;
    return isReported && registered.effectiveStatus() == Status.STARTING && kept.has(Wire.STATUS)
        ? Wire.UNKNOWN
        : registered.effectiveStatus().name();
  }

  /** The VIP addresses of an instance, separated by commas. */
  static Optional<String> vip(Instance instance, boolean isSecure) {
    boolean isEureka = instance.metadata().containsKey(KeptFields.REST);
    if (isEureka) {
      return Optional.ofNullable(
          instance.metadata().get(isSecure ? KeptFields.SECURE_VIP : KeptFields.VIP));
    }
    return !isSecure || instance.endpoints().stream().anyMatch(Endpoint::tls)
        ? Optional.of(instance.key().service().name())
        : Optional.empty();
  }

  private static void addPorts(JsonObject wire, Instance instance, JsonObject kept) {
    var plain = WireShape.port(InstanceReader.object(kept, Wire.PORT));
    var secure = WireShape.port(InstanceReader.object(kept, Wire.SECURE_PORT));
    boolean isKept = plain.isPresent() && secure.isPresent();
    wire.add(Wire.PORT, isKept ? plain.get() : port(instance, false, HTTP_PORT));
    wire.add(Wire.SECURE_PORT, isKept ? secure.get() : port(instance, true, HTTPS_PORT));
  }

  private static JsonObject port(Instance instance, boolean isSecure, int ifNone) {
    var endpoint = instance.endpoints().stream().filter(e -> e.tls() == isSecure).findFirst();
    return WireShape.port(endpoint.map(Endpoint::port).orElse(ifNone), endpoint.isPresent());
  }

  private JsonObject lease(RegisteredInstance registered, JsonObject kept, String status) {
    var given = InstanceReader.object(kept, Wire.LEASE);
    long millis = registered.instance().incarnation() / MICROS_PER_MILLI;
    long seconds =
        InstanceReader.number(given, Wire.DURATION_SECONDS)
            .orElseGet(() -> ttlMillis.apply(registered.leaseId()).orElse(0) / 1_000);
    var lease = new JsonObject();
    lease.addProperty(
        Wire.RENEWAL_SECONDS,
        WireShape.clamped(
            InstanceReader.number(given, Wire.RENEWAL_SECONDS)
                .orElse(Math.max(1, seconds / RENEWALS_PER_TTL))));
    lease.addProperty(Wire.DURATION_SECONDS, WireShape.clamped(seconds));
    lease.addProperty("registrationTimestamp", millis);
    lease.addProperty("lastRenewalTimestamp", millis);
    lease.addProperty("evictionTimestamp", 0);
    lease.addProperty("serviceUpTimestamp", status.equals(Status.UP.name()) ? millis : 0);
    return lease;
  }

  private static JsonObject metadata(Instance instance, boolean isEureka) {
    var metadata = new JsonObject();
    for (Map.Entry<String, String> pair : instance.metadata().entrySet()) {
      if (!KeptFields.RESERVED.contains(pair.getKey())) {
        metadata.addProperty(pair.getKey(), pair.getValue());
      }
    }
    if (!isEureka) {
      // Where Eureka's clients look for what others say in fields of their own.
      addUnlessEmpty(metadata, "zone", instance.locality().zone());
      addUnlessEmpty(metadata, "version", instance.version());
      boolean isUsual = instance.weight() == Instance.WEIGHT_DEFAULT;
      addUnlessEmpty(metadata, "weight", isUsual ? "" : Integer.toString(instance.weight()));
    }
    if (metadata.isEmpty()) {
      metadata.addProperty(Wire.CLASS, Wire.EMPTY_MAP_CLASS);
    }
    return metadata;
  }

  private static void addUnlessEmpty(JsonObject metadata, String key, String value) {
    if (!value.isEmpty() && !metadata.has(key)) {
      metadata.addProperty(key, value);
    }
  }

  private static void addVips(JsonObject wire, Instance instance) {
    vip(instance, false).ifPresent(vip -> wire.addProperty(Wire.VIP, vip));
    vip(instance, true).ifPresent(vip -> wire.addProperty(Wire.SECURE_VIP, vip));
  }

  private static void copy(JsonObject from, String name, JsonObject to) {
    var value = from.get(name);
    if (value != null && value.isJsonPrimitive()) {
      to.addProperty(name, value.getAsString());
    }
  }
}
