package dev.rollcall.client.transport;

import dev.rollcall.client.InstanceOverride;
import dev.rollcall.client.InstancePatch;
import dev.rollcall.client.Lifecycle;
import dev.rollcall.client.LoadBalancing;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.Standing;
import dev.rollcall.client.StatusCause;
import dev.rollcall.client.StatusOverride;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.MetadataPatch;
import dev.rollcall.v1.TagsPatch;
import dev.rollcall.v1.UpdateRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What operators say, between messages and values. Any thread. */
public final class OperationsCodec {
  private OperationsCodec() {}

  /** What is so with an instance besides what it says. */
  static Standing standing(Instance message) {
    return new Standing(
        WireCodec.decode(message.getEffectiveStatus()),
        decode(message.getStatusCause()),
        decode(message.getLifecycle()),
        instant(message.getDrainDeadlineMillis()),
        message.hasOverride() ? Optional.of(decode(message.getOverride())) : Optional.empty(),
        message.getSuspect());
  }

  /** An override. */
  public static StatusOverride decode(dev.rollcall.v1.StatusOverride message) {
    return new StatusOverride(
        WireCodec.decode(message.getStatus()),
        message.getActor(),
        message.getReason(),
        instant(message.getExpiresMillis()));
  }

  /** An override in a list. */
  public static InstanceOverride decode(dev.rollcall.v1.InstanceOverride message) {
    return new InstanceOverride(
        message.getKey().getNamespace(),
        message.getKey().getService(),
        message.getKey().getInstanceId(),
        decode(message.getOverride()));
  }

  /** A request to change fields; which instance's is left to the caller. */
  public static UpdateRequest.Builder encode(InstancePatch patch) {
    UpdateRequest.Builder request =
        UpdateRequest.newBuilder().setExpectedRevision(patch.expectedRevision());
    patch.status().ifPresent(status -> request.setStatus(WireCodec.encode(status)));
    patch.weight().ifPresent(request::setWeight);
    patch
        .metadata()
        .ifPresent(all -> request.setMetadata(MetadataPatch.newBuilder().putAllEntries(all)));
    patch.tags().ifPresent(all -> request.setTags(TagsPatch.newBuilder().addAllValues(all)));
    return request;
  }

  /** A spec as a request wants it; what the registry sets is left out. */
  public static dev.rollcall.v1.ServiceSpec encode(ServiceSpec spec, String namespace) {
    return dev.rollcall.v1.ServiceSpec.newBuilder()
        .setNamespace(spec.namespace().isEmpty() ? namespace : spec.namespace())
        .setService(spec.service())
        .putAllLabels(spec.labels())
        .setDefaultTtlMillis(spec.defaultTtl().map(Duration::toMillis).orElse(0L))
        .setFloor(spec.floor())
        .setLoadBalancing(encode(spec.loadBalancing()))
        .putAllSubsets(spec.subsets())
        .build();
  }

  /** A spec as the registry has it. */
  public static ServiceSpec decode(dev.rollcall.v1.ServiceSpec message) {
    long ttlMillis = message.getDefaultTtlMillis();
    return new ServiceSpec(
        message.getNamespace(),
        message.getService(),
        message.getLabelsMap(),
        ttlMillis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(ttlMillis)),
        message.getFloor(),
        decode(message.getLoadBalancing()),
        message.getSubsetsMap(),
        message.getCreateRevision(),
        message.getModRevision());
  }

  private static Optional<Instant> instant(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** An older server says nothing, and knows of nothing but work. */
  private static Lifecycle decode(dev.rollcall.v1.Lifecycle message) {
    return switch (message) {
      case LIFECYCLE_ACTIVE, LIFECYCLE_UNSPECIFIED -> Lifecycle.ACTIVE;
      case LIFECYCLE_DRAINING -> Lifecycle.DRAINING;
      case LIFECYCLE_TERMINATING -> Lifecycle.TERMINATING;
      case UNRECOGNIZED -> Lifecycle.UNKNOWN;
    };
  }

  private static StatusCause decode(dev.rollcall.v1.StatusCause message) {
    return switch (message) {
      case STATUS_CAUSE_REPORTED, STATUS_CAUSE_UNSPECIFIED -> StatusCause.REPORTED;
      case STATUS_CAUSE_OVERRIDE -> StatusCause.OVERRIDE;
      case STATUS_CAUSE_DRAINING -> StatusCause.DRAINING;
      case STATUS_CAUSE_TERMINATING -> StatusCause.TERMINATING;
      case STATUS_CAUSE_SUSPECT -> StatusCause.SUSPECT;
      case UNRECOGNIZED -> StatusCause.UNKNOWN;
    };
  }

  private static LoadBalancing decode(dev.rollcall.v1.LoadBalancing message) {
    return switch (message) {
      case LOAD_BALANCING_ROUND_ROBIN -> LoadBalancing.ROUND_ROBIN;
      case LOAD_BALANCING_RANDOM -> LoadBalancing.RANDOM;
      case LOAD_BALANCING_POWER_OF_TWO -> LoadBalancing.POWER_OF_TWO;
      case LOAD_BALANCING_LEAST_REQUEST -> LoadBalancing.LEAST_REQUEST;
      case LOAD_BALANCING_RING_HASH -> LoadBalancing.RING_HASH;
      case LOAD_BALANCING_UNSPECIFIED, UNRECOGNIZED -> LoadBalancing.UNSPECIFIED;
    };
  }

  private static dev.rollcall.v1.LoadBalancing encode(LoadBalancing hint) {
    return switch (hint) {
      case UNSPECIFIED -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_UNSPECIFIED;
      case ROUND_ROBIN -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_ROUND_ROBIN;
      case RANDOM -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_RANDOM;
      case POWER_OF_TWO -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_POWER_OF_TWO;
      case LEAST_REQUEST -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_LEAST_REQUEST;
      case RING_HASH -> dev.rollcall.v1.LoadBalancing.LOAD_BALANCING_RING_HASH;
    };
  }
}
