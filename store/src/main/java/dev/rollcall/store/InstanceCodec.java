package dev.rollcall.store;

import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Instances between the wire (which is also their form in rows and in the log) and the values here.
 */
public final class InstanceCodec {
  /** Largest instance taken from a client, encoded. */
  public static final int RECORD_BYTES_MAX = 64 << 10;

  private InstanceCodec() {}

  /**
   * What a client says of an instance; the fields that only the server sets are ignored.
   *
   * @throws InvalidRequest when it breaks a rule
   */
  public static Instance fromMessage(dev.rollcall.v1.Instance message) {
    int bytes = message.getSerializedSize();
    if (bytes > RECORD_BYTES_MAX) {
      throw new InvalidRequest(
          Rule.RECORD_TOO_LARGE,
          "an instance has at most %d bytes, not %d".formatted(RECORD_BYTES_MAX, bytes));
    }
    return fromMessage(message, Interner.NONE);
  }

  static Instance fromMessage(dev.rollcall.v1.Instance message, Interner interner) {
    var metadata = new TreeMap<String, String>();
    message
        .getMetadataMap()
        .forEach((key, value) -> metadata.put(interner.text(key), interner.text(value)));
    return new Instance(
        key(message, interner),
        message.getIncarnation(),
        endpoints(message.getEndpointsList(), interner),
        message.hasLocality() ? locality(message.getLocality(), interner) : Locality.UNKNOWN,
        message.hasWeight() ? weight(message.getWeight()) : Instance.WEIGHT_DEFAULT,
        interner.text(message.getVersion()),
        message.getTagsList().stream().map(interner::text).toList(),
        metadata,
        message.getStatus() == dev.rollcall.v1.Status.STATUS_UNSPECIFIED
            ? Status.UP
            : status(message.getStatus()));
  }

  /** The key alone. */
  static InstanceKey key(dev.rollcall.v1.Instance message, Interner interner) {
    var service = new ServiceKey(message.getNamespace(), message.getService());
    return new InstanceKey(interner.service(service), message.getInstanceId());
  }

  /** An instance with the fields that the server sets, as from a row or from an answer. */
  public static RegisteredInstance registeredFromMessage(dev.rollcall.v1.Instance message) {
    return registeredFromMessage(message, Interner.NONE);
  }

  static RegisteredInstance registeredFromMessage(
      dev.rollcall.v1.Instance message, Interner interner) {
    return new RegisteredInstance(
        fromMessage(message, interner),
        StandingCodec.fromMessage(message),
        message.getLeaseId(),
        message.getCreateRevision(),
        message.getModRevision());
  }

  /** An instance as a client describes it. */
  public static dev.rollcall.v1.Instance toMessage(Instance instance) {
    return builder(instance).build();
  }

  /** An instance as it is served. {@link RegisteredInstance#message} keeps what this makes. */
  public static dev.rollcall.v1.Instance toMessage(RegisteredInstance registered) {
    var builder =
        builder(registered.instance())
            .setLeaseId(registered.leaseId())
            .setCreateRevision(registered.createRevision())
            .setModRevision(registered.modRevision());
    StandingCodec.put(registered.standing(), registered.instance().status(), builder);
    return builder.build();
  }

  /** A key; an empty namespace means the default one. */
  public static InstanceKey fromMessage(dev.rollcall.v1.InstanceKey message) {
    return new InstanceKey(
        new ServiceKey(message.getNamespace(), message.getService()), message.getInstanceId());
  }

  /** A key. */
  public static dev.rollcall.v1.InstanceKey toMessage(InstanceKey key) {
    return dev.rollcall.v1.InstanceKey.newBuilder()
        .setNamespace(key.service().namespace())
        .setService(key.service().name())
        .setInstanceId(key.instanceId())
        .build();
  }

  /** A status that is said; STATUS_UNSPECIFIED and unknown ones are refused. */
  static Status status(dev.rollcall.v1.Status message) {
    return switch (message) {
      case STATUS_UP -> Status.UP;
      case STATUS_STARTING -> Status.STARTING;
      case STATUS_DOWN -> Status.DOWN;
      case STATUS_OUT_OF_SERVICE -> Status.OUT_OF_SERVICE;
      case STATUS_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidRequest(Rule.OTHER, "status is not one that this version knows");
    };
  }

  static dev.rollcall.v1.Status toMessage(Status status) {
    return switch (status) {
      case UP -> dev.rollcall.v1.Status.STATUS_UP;
      case STARTING -> dev.rollcall.v1.Status.STATUS_STARTING;
      case DOWN -> dev.rollcall.v1.Status.STATUS_DOWN;
      case OUT_OF_SERVICE -> dev.rollcall.v1.Status.STATUS_OUT_OF_SERVICE;
    };
  }

  /** The wire has no sign for weights: what is beyond the limit may look negative here. */
  static int weight(int unsigned) {
    if (unsigned < 0) {
      throw new InvalidRequest(
          Rule.INVALID_WEIGHT, "weight must be 0 to 65535: " + Integer.toUnsignedString(unsigned));
    }
    return unsigned;
  }

  private static List<Endpoint> endpoints(
      List<dev.rollcall.v1.Endpoint> messages, Interner interner) {
    var endpoints = new ArrayList<Endpoint>(messages.size());
    for (var message : messages) {
      endpoints.add(
          new Endpoint(
              interner.text(message.getName()),
              interner.text(message.getProtocol()),
              interner.text(message.getHost()),
              message.getPort(),
              message.getTls()));
    }
    return endpoints;
  }

  private static Locality locality(dev.rollcall.v1.Locality message, Interner interner) {
    return new Locality(
        interner.text(message.getRegion()),
        interner.text(message.getZone()),
        interner.text(message.getSubZone()));
  }

  private static dev.rollcall.v1.Instance.Builder builder(Instance instance) {
    var builder =
        dev.rollcall.v1.Instance.newBuilder()
            .setNamespace(instance.key().service().namespace())
            .setService(instance.key().service().name())
            .setInstanceId(instance.key().instanceId())
            .setIncarnation(instance.incarnation())
            .setWeight(instance.weight())
            .setVersion(instance.version())
            .addAllTags(instance.tags())
            .putAllMetadata(instance.metadata())
            .setStatus(toMessage(instance.status()));
    for (Endpoint endpoint : instance.endpoints()) {
      builder.addEndpoints(
          dev.rollcall.v1.Endpoint.newBuilder()
              .setName(endpoint.name())
              .setProtocol(endpoint.protocol())
              .setHost(endpoint.host())
              .setPort(endpoint.port())
              .setTls(endpoint.tls()));
    }
    if (!instance.locality().equals(Locality.UNKNOWN)) {
      builder.setLocality(
          dev.rollcall.v1.Locality.newBuilder()
              .setRegion(instance.locality().region())
              .setZone(instance.locality().zone())
              .setSubZone(instance.locality().subZone()));
    }
    return builder;
  }
}
