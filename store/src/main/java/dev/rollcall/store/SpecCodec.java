package dev.rollcall.store;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.LoadBalancing;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSpec;
import java.util.TreeMap;

/** Service specs between the wire (which is also their form in rows and in the log) and values. */
public final class SpecCodec {
  private SpecCodec() {}

  /**
   * What a client says of a service; the fields that only the server sets are ignored.
   *
   * @throws InvalidRequest when it breaks a rule
   */
  public static ServiceSpec fromMessage(dev.rollcall.v1.ServiceSpec message) {
    int bytes = message.getSerializedSize();
    if (bytes > InstanceCodec.RECORD_BYTES_MAX) {
      throw new InvalidRequest(
          Rule.RECORD_TOO_LARGE,
          "a spec has at most %d bytes, not %d".formatted(InstanceCodec.RECORD_BYTES_MAX, bytes));
    }
    return new ServiceSpec(
        new ServiceKey(message.getNamespace(), message.getService()),
        new TreeMap<>(message.getLabelsMap()),
        message.getDefaultTtlMillis(),
        message.getFloor(),
        loadBalancing(message.getLoadBalancing()),
        new TreeMap<>(message.getSubsetsMap()));
  }

  /** A spec with the fields that the server sets, as from a row or from an answer. */
  static RegisteredSpec registeredFromMessage(dev.rollcall.v1.ServiceSpec message) {
    return new RegisteredSpec(
        fromMessage(message), message.getCreateRevision(), message.getModRevision());
  }

  /** A spec as a client describes it. */
  static dev.rollcall.v1.ServiceSpec toMessage(ServiceSpec spec) {
    return builder(spec).build();
  }

  /** A spec as it is served. */
  public static dev.rollcall.v1.ServiceSpec toMessage(RegisteredSpec registered) {
    return builder(registered.spec())
        .setCreateRevision(registered.createRevision())
        .setModRevision(registered.modRevision())
        .build();
  }

  private static dev.rollcall.v1.ServiceSpec.Builder builder(ServiceSpec spec) {
    return dev.rollcall.v1.ServiceSpec.newBuilder()
        .setNamespace(spec.service().namespace())
        .setService(spec.service().name())
        .putAllLabels(spec.labels())
        .setDefaultTtlMillis(spec.defaultTtlMillis())
        .setFloor(spec.floor())
        .setLoadBalancing(toMessage(spec.loadBalancing()))
        .putAllSubsets(spec.subsets());
  }

  private static LoadBalancing loadBalancing(dev.rollcall.v1.LoadBalancing message) {
    return switch (message) {
      case LOAD_BALANCING_UNSPECIFIED -> LoadBalancing.UNSPECIFIED;
      case LOAD_BALANCING_ROUND_ROBIN -> LoadBalancing.ROUND_ROBIN;
      case LOAD_BALANCING_RANDOM -> LoadBalancing.RANDOM;
      case LOAD_BALANCING_POWER_OF_TWO -> LoadBalancing.POWER_OF_TWO;
      case LOAD_BALANCING_LEAST_REQUEST -> LoadBalancing.LEAST_REQUEST;
      case LOAD_BALANCING_RING_HASH -> LoadBalancing.RING_HASH;
      case UNRECOGNIZED ->
          throw new InvalidRequest(Rule.OTHER, "load_balancing is not one that this version knows");
    };
  }

  private static dev.rollcall.v1.LoadBalancing toMessage(LoadBalancing loadBalancing) {
    return switch (loadBalancing) {
      case UNSPECIFIED -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_UNSPECIFIED;
      case ROUND_ROBIN -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_ROUND_ROBIN;
      case RANDOM -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_RANDOM;
      case POWER_OF_TWO -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_POWER_OF_TWO;
      case LEAST_REQUEST -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_LEAST_REQUEST;
      case RING_HASH -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_RING_HASH;
    };
  }
}
