package dev.rollcall.client.transport;

import com.google.protobuf.ByteString;
import dev.rollcall.client.Consistency;
import dev.rollcall.client.Endpoint;
import dev.rollcall.client.Explanation;
import dev.rollcall.client.Finding;
import dev.rollcall.client.FindingKind;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.Locality;
import dev.rollcall.client.Member;
import dev.rollcall.client.NodeRole;
import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceInstance.Registered;
import dev.rollcall.client.ServiceSummary;
import dev.rollcall.v1.Any;
import dev.rollcall.v1.ExplainResponse;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Linearizable;
import dev.rollcall.v1.Role;
import dev.rollcall.v1.Status;
import dev.rollcall.v1.StatusResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Between messages and values. Any thread. */
public final class WireCodec {
  private static final String DIGITS = "0123456789abcdef";

  private WireCodec() {}

  /** As a request wants it; what the registry sets is left out. */
  public static Instance encode(ServiceInstance instance, String namespace, long incarnation) {
    Instance.Builder message =
        Instance.newBuilder()
            .setNamespace(instance.namespace().isEmpty() ? namespace : instance.namespace())
            .setService(instance.service())
            .setInstanceId(instance.id())
            .setIncarnation(incarnation)
            .setWeight(instance.weight())
            .setVersion(instance.version())
            .addAllTags(instance.tags())
            .putAllMetadata(instance.metadata())
            .setStatus(encode(instance.status()));
    Locality locality = instance.locality();
    if (!locality.equals(Locality.NONE)) {
      message.setLocality(encode(locality));
    }
    for (Endpoint endpoint : instance.endpoints()) {
      message.addEndpoints(
          dev.rollcall.v1.Endpoint.newBuilder()
              .setName(endpoint.name())
              .setProtocol(endpoint.protocol())
              .setHost(endpoint.host())
              .setPort(endpoint.port())
              .setTls(endpoint.tls()));
    }
    return message.build();
  }

  /** As the registry says it. */
  public static ServiceInstance decode(Instance message) {
    ServiceInstance.Builder instance =
        ServiceInstance.builder(message.getService())
            .namespace(message.getNamespace())
            .id(message.getInstanceId())
            .weight(message.hasWeight() ? message.getWeight() : ServiceInstance.WEIGHT_DEFAULT)
            .version(message.getVersion())
            .status(decode(message.getStatus()))
            .registered(
                new Registered(
                    message.getIncarnation(),
                    message.getLeaseId(),
                    message.getCreateRevision(),
                    message.getModRevision()))
            .standing(OperationsCodec.standing(message));
    if (message.hasLocality()) {
      var locality = message.getLocality();
      instance.locality(
          new Locality(locality.getRegion(), locality.getZone(), locality.getSubZone()));
    }
    for (var endpoint : message.getEndpointsList()) {
      instance.endpoint(
          new Endpoint(
              endpoint.getName(),
              endpoint.getProtocol(),
              endpoint.getHost(),
              endpoint.getPort(),
              endpoint.getTls()));
    }
    message.getTagsList().forEach(instance::tag);
    message.getMetadataMap().forEach(instance::metadata);
    return instance.build();
  }

  /** Several, in their order. */
  public static List<ServiceInstance> decode(List<Instance> messages) {
    var instances = new ArrayList<ServiceInstance>(messages.size());
    for (Instance message : messages) {
      instances.add(decode(message));
    }
    return instances;
  }

  /** A place. */
  public static dev.rollcall.v1.Locality encode(Locality locality) {
    return dev.rollcall.v1.Locality.newBuilder()
        .setRegion(locality.region())
        .setZone(locality.zone())
        .setSubZone(locality.subZone())
        .build();
  }

  /** A status to send; UNKNOWN cannot be. */
  public static Status encode(InstanceStatus status) {
    return switch (status) {
      case UP -> Status.STATUS_UP;
      case STARTING -> Status.STATUS_STARTING;
      case DOWN -> Status.STATUS_DOWN;
      case OUT_OF_SERVICE -> Status.STATUS_OUT_OF_SERVICE;
      case UNKNOWN -> throw new IllegalArgumentException("an instance cannot report " + status);
    };
  }

  static InstanceStatus decode(Status status) {
    return switch (status) {
      case STATUS_UP -> InstanceStatus.UP;
      case STATUS_STARTING -> InstanceStatus.STARTING;
      case STATUS_DOWN -> InstanceStatus.DOWN;
      case STATUS_OUT_OF_SERVICE -> InstanceStatus.OUT_OF_SERVICE;
      case STATUS_UNSPECIFIED, UNRECOGNIZED -> InstanceStatus.UNKNOWN;
    };
  }

  /** How fresh a read must be. */
  public static dev.rollcall.v1.Consistency encode(Consistency level) {
    var message = dev.rollcall.v1.Consistency.newBuilder();
    if (level instanceof Consistency.MinRevision minRevision) {
      message.setMinRevision(minRevision.revision());
    } else if (level instanceof Consistency.MaxLag maxLag) {
      message.setMaxLagMillis(maxLag.lag().toMillis());
    } else if (level instanceof Consistency.Any) {
      message.setAny(Any.getDefaultInstance());
    } else {
      message.setLinearizable(Linearizable.getDefaultInstance());
    }
    return message.build();
  }

  /** Why an instance is, or is not, in the pool. */
  public static Explanation decode(ExplainResponse message) {
    return new Explanation(
        message.getInPool(),
        message.getVerdict(),
        message.getFindingsList().stream().map(WireCodec::decode).toList(),
        message.hasInstance() ? Optional.of(decode(message.getInstance())) : Optional.empty(),
        message.getHeader().getRevision());
  }

  private static Finding decode(dev.rollcall.v1.Finding message) {
    return new Finding(decode(message.getKind()), message.getExcludes(), message.getSentence());
  }

  private static FindingKind decode(dev.rollcall.v1.FindingKind kind) {
    return switch (kind) {
      case FINDING_KIND_UNKNOWN_INSTANCE -> FindingKind.UNKNOWN_INSTANCE;
      case FINDING_KIND_REMOVED -> FindingKind.REMOVED;
      case FINDING_KIND_REGISTERED -> FindingKind.REGISTERED;
      case FINDING_KIND_LEASE -> FindingKind.LEASE;
      case FINDING_KIND_SUSPECT -> FindingKind.SUSPECT;
      case FINDING_KIND_REPORTED -> FindingKind.REPORTED;
      case FINDING_KIND_LIFECYCLE -> FindingKind.LIFECYCLE;
      case FINDING_KIND_OVERRIDE -> FindingKind.OVERRIDE;
      case FINDING_KIND_WEIGHT -> FindingKind.WEIGHT;
      case FINDING_KIND_ENDPOINT -> FindingKind.ENDPOINT;
      case FINDING_KIND_SUBSET -> FindingKind.SUBSET;
      case FINDING_KIND_FILTER -> FindingKind.FILTER;
      case FINDING_KIND_NEARNESS -> FindingKind.NEARNESS;
      case FINDING_KIND_UNSPECIFIED, UNRECOGNIZED -> FindingKind.OTHER;
    };
  }

  /** One service of a list. */
  public static ServiceSummary decode(dev.rollcall.v1.ServiceSummary message) {
    return new ServiceSummary(
        message.getNamespace(),
        message.getService(),
        message.getInstances(),
        message.getServiceRevision(),
        message.getLabelsMap());
  }

  /** One member. */
  public static Member decode(dev.rollcall.v1.Member message) {
    return new Member(
        hex(message.getNodeId()),
        message.getPeerAddress(),
        message.getClientAddress(),
        message.getVoter(),
        message.getLeader(),
        message.getLeaving(),
        message.getReplaces().isEmpty()
            ? Optional.empty()
            : Optional.of(hex(message.getReplaces())),
        message.getMatchIndex());
  }

  /** The state of a node. */
  public static NodeStatus decode(StatusResponse message) {
    return new NodeStatus(
        hex(message.getHeader().getClusterId()),
        hex(message.getHeader().getHistoryId()),
        hex(message.getHeader().getNodeId()),
        decode(message.getRole()),
        message.getTerm(),
        hex(message.getLeaderId()),
        message.getHeader().getRevision(),
        message.getCommitIndex(),
        message.getAppliedIndex(),
        message.getLastIndex(),
        hex(message.getStateDigest()),
        message.getInstances(),
        message.getLeases(),
        Duration.ofMillis(message.getLagMillis()),
        message.getVersion(),
        // A version that knows nothing of levels knows the first.
        Math.max(1, message.getFeatureLevel()),
        Math.max(1, message.getFeatureLevelSupported()));
  }

  private static NodeRole decode(Role role) {
    return switch (role) {
      case ROLE_FOLLOWER -> NodeRole.FOLLOWER;
      case ROLE_PRE_CANDIDATE -> NodeRole.PRE_CANDIDATE;
      case ROLE_CANDIDATE -> NodeRole.CANDIDATE;
      case ROLE_LEADER -> NodeRole.LEADER;
      case ROLE_LEARNER -> NodeRole.LEARNER;
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> NodeRole.UNKNOWN;
    };
  }

  /** Lower-case hexadecimal digits. */
  public static String hex(ByteString bytes) {
    StringBuilder text = new StringBuilder(2 * bytes.size());
    for (int i = 0; i < bytes.size(); i++) {
      int value = bytes.byteAt(i) & 0xff;
      text.append(DIGITS.charAt(value >>> 4)).append(DIGITS.charAt(value & 0xf));
    }
    return text.toString();
  }

  /**
   * Reads hexadecimal digits.
   *
   * @throws IllegalArgumentException when they are none
   */
  public static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }
}
