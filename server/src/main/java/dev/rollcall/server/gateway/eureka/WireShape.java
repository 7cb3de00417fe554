package dev.rollcall.server.gateway.eureka;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What Eureka's clients can read. They read a list as a whole: one field that is not of its type,
 * and Netflix' client takes nothing of it; one that they never heard of, and Spring Cloud's does
 * not. So what comes in must have this shape, and whatever is kept leaves in it.
 */
final class WireShape {
  private static final Set<String> DATA_CENTERS = Set.of(Wire.MY_OWN, Wire.AMAZON, "Netflix");
  private static final List<String> OBJECTS = List.of(Wire.DATA_CENTER, Wire.LEASE, Wire.METADATA);
  private static final int PORT_MAX = 65_535;

  private WireShape() {}

  /**
   * Refuses an instance that is of another shape, as Eureka's server does.
   *
   * @throws MalformedBody with the name of the field
   */
  static void require(JsonObject wire) throws MalformedBody {
    for (String name : OBJECTS) {
      var value = wire.get(name);
      if (value != null && !value.isJsonObject() && !isEmpty(value)) {
        throw new MalformedBody(name + " must have fields of its own");
      }
    }
    for (String name : Wire.TEXTS) {
      var value = wire.get(name);
      if (value != null && !value.isJsonPrimitive() && !value.isJsonNull()) {
        throw new MalformedBody(name + " must be a text");
      }
    }
    String center =
        InstanceReader.text(InstanceReader.object(wire, Wire.DATA_CENTER), Wire.NAME)
            .orElseThrow(() -> new MalformedBody("missing: dataCenterInfo with a name"));
    if (!DATA_CENTERS.contains(center)) {
      throw new MalformedBody("dataCenterInfo must be named MyOwn, Amazon or Netflix");
    }
  }

  /** A data center with what its class has, and nothing else; with a name that clients know. */
  static JsonObject dataCenter(JsonObject given) {
    String name =
        InstanceReader.text(given, Wire.NAME).filter(DATA_CENTERS::contains).orElse(Wire.MY_OWN);
    boolean isAmazon = name.equals(Wire.AMAZON);
    var center = new JsonObject();
    // Eureka's own clients always say this, others need not.
    center.addProperty(Wire.CLASS, isAmazon ? Wire.AMAZON_CLASS : Wire.DATA_CENTER_CLASS);
    center.addProperty(Wire.NAME, name);
    if (isAmazon) {
      var metadata = new JsonObject();
      InstanceReader.object(given, Wire.METADATA).entrySet().stream()
          .filter(pair -> pair.getValue().isJsonPrimitive())
          .forEach(pair -> metadata.addProperty(pair.getKey(), pair.getValue().getAsString()));
      // Without any, Netflix' client loses the instances that follow.
      center.add(Wire.METADATA, metadata);
    }
    return center;
  }

  /** A port as Eureka writes it, if it is one: the number, and whether it counts, as a text. */
  static Optional<JsonObject> port(JsonObject given) {
    return InstanceReader.number(given, Wire.TEXT)
        .filter(WireShape::isPort)
        .map(number -> port(number, isEnabled(given, false)));
  }

  static JsonObject port(long number, boolean isEnabled) {
    var port = new JsonObject();
    port.addProperty(Wire.TEXT, number);
    port.addProperty(Wire.ENABLED, Boolean.toString(isEnabled));
    return port;
  }

  static boolean isPort(long number) {
    return number >= 0 && number <= PORT_MAX;
  }

  static boolean isEnabled(JsonObject port, boolean ifUnsaid) {
    return InstanceReader.text(port, Wire.ENABLED).map(Boolean::parseBoolean).orElse(ifUnsaid);
  }

  /** As much of a number as clients have room for. */
  static int clamped(long number) {
    return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static boolean isEmpty(JsonElement value) {
    return value.isJsonNull() || (value.isJsonPrimitive() && value.getAsString().isBlank());
  }
}
