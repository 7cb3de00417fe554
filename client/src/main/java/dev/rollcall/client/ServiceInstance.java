package dev.rollcall.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One running copy of a service: what its owner says of it and, once registered, what the registry
 * says. Immutable; every limit of the registry was checked when it was made.
 */
public final class ServiceInstance {
  /** Weight of an instance that names none. */
  public static final int WEIGHT_DEFAULT = 100;

  private final String namespace;
  private final String service;
  private final String id;
  private final List<Endpoint> endpoints;
  private final Locality locality;
  private final int weight;
  private final String version;
  private final List<String> tags;
  private final Map<String, String> metadata;
  private final InstanceStatus status;
  private final Registered registered;
  private final Standing standing;

  private ServiceInstance(Builder builder) {
    service = builder.service;
    namespace = builder.namespace;
    endpoints = List.copyOf(builder.endpoints);
    Rules.requireName("service", service);
    if (!namespace.isEmpty()) {
      Rules.requireName("namespace", namespace);
    }
    Rules.requireEndpoints(endpoints);
    String chosen = builder.id;
    id = chosen == null ? endpoints.get(0).hostAndPort() : chosen;
    Rules.requireInstanceId(id);
    locality = builder.locality;
    weight = builder.weight;
    Rules.requireWeight(weight);
    version = builder.version;
    Rules.requireBytesAtMost("version", version);
    tags = builder.tags.stream().distinct().toList();
    Rules.requireTags(tags);
    metadata = Collections.unmodifiableMap(new TreeMap<>(builder.metadata));
    Rules.requireMetadata(metadata);
    status = builder.status;
    registered = builder.registered;
    standing = builder.standing;
  }

  /** Starts a description; at least one endpoint must follow. */
  public static Builder builder(String service) {
    return new Builder(service);
  }

  /** Starts another description from this one, without what the registry said. */
  public Builder toBuilder() {
    Builder builder = new Builder(service);
    builder.namespace = namespace;
    builder.id = id;
    builder.endpoints.addAll(endpoints);
    builder.locality = locality;
    builder.weight = weight;
    builder.version = version;
    builder.tags.addAll(tags);
    builder.metadata.putAll(metadata);
    builder.status = status;
    return builder;
  }

  /** Namespace of the service; empty until registered when it is to be the client's. */
  public String namespace() {
    return namespace;
  }

  /** Name of the service; names compare without case. */
  public String service() {
    return service;
  }

  /** Name of the instance within its service. */
  public String id() {
    return id;
  }

  /** Where it can be reached: 1 to 16, with distinct names. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** The endpoint of that name. */
  public Optional<Endpoint> endpoint(String name) {
    return endpoints.stream().filter(endpoint -> endpoint.name().equals(name)).findFirst();
  }

  /** Where it runs. */
  public Locality locality() {
    return locality;
  }

  /** Share of traffic relative to the other instances, 0 to 65535; 0 means no new traffic. */
  public int weight() {
    return weight;
  }

  /** Version of its software; may be empty. */
  public String version() {
    return version;
  }

  /** Labels without a value, distinct, in the order given. */
  public List<String> tags() {
    return tags;
  }

  /** Labels with a value, in order of key. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** What it says of itself. */
  public InstanceStatus status() {
    return status;
  }

  /** What the registry says of it; {@link Registered#NOT_YET} on one made by a builder. */
  public Registered registered() {
    return registered;
  }

  /** What is so with it besides; {@link Standing#NOT_SAID} on one made by a builder. */
  public Standing standing() {
    return standing;
  }

  /** What callers should go by: what an operator says, else its lifecycle, else what it says. */
  public InstanceStatus effectiveStatus() {
    return standing.effectiveStatus() == InstanceStatus.UNKNOWN
        ? status
        : standing.effectiveStatus();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ServiceInstance that
        && describes(that)
        && registered.equals(that.registered)
        && standing.equals(that.standing);
  }

  private boolean describes(ServiceInstance that) {
    return namespace.equals(that.namespace)
        && service.equals(that.service)
        && id.equals(that.id)
        && endpoints.equals(that.endpoints)
        && locality.equals(that.locality)
        && weight == that.weight
        && version.equals(that.version)
        && tags.equals(that.tags)
        && metadata.equals(that.metadata)
        && status == that.status;
  }

  @Override
  public int hashCode() {
    return Objects.hash(namespace, service, id, endpoints, status, registered);
  }

  @Override
  public String toString() {
    return service + "/" + id + " " + status + " " + endpoints.get(0).uri();
  }

  /**
   * What the registry adds to an instance.
   *
   * @param incarnation which life of the instance this is; a later life has a higher one
   * @param leaseId the lease that keeps it alive
   * @param createRevision revision of the registration that made this life
   * @param modRevision revision of the last change of this record
   */
  public record Registered(long incarnation, long leaseId, long createRevision, long modRevision) {
    /** Of an instance that is not registered yet. */
    public static final Registered NOT_YET = new Registered(0, 0, 0, 0);
  }

  /** Collects a description. Not safe for several threads. */
  public static final class Builder {
    private final String service;
    private String namespace = "";
    private @Nullable String id;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private Locality locality = Locality.NONE;
    private int weight = WEIGHT_DEFAULT;
    private String version = "";
    private final List<String> tags = new ArrayList<>();
    private final Map<String, String> metadata = new TreeMap<>();
    private InstanceStatus status = InstanceStatus.UP;
    private Registered registered = Registered.NOT_YET;
    private Standing standing = Standing.NOT_SAID;

    private Builder(String service) {
      this.service = service;
    }

    /** Namespace, when it is not the client's. */
    public Builder namespace(String value) {
      namespace = value;
      return this;
    }

    /** Name within the service; by default host:port of the first endpoint. */
    public Builder id(String value) {
      id = value;
      return this;
    }

    /** Adds an address. */
    public Builder endpoint(Endpoint value) {
      endpoints.add(value);
      return this;
    }

    /** Adds an address without TLS. */
    public Builder endpoint(String name, String protocol, String host, int port) {
      return endpoint(Endpoint.of(name, protocol, host, port));
    }

    /** Where it runs; by default unknown. */
    public Builder locality(Locality value) {
      locality = value;
      return this;
    }

    /** Share of traffic, 0 to 65535; by default 100. */
    public Builder weight(int value) {
      weight = value;
      return this;
    }

    /** Version of its software; by default empty. */
    public Builder version(String value) {
      version = value;
      return this;
    }

    /** Adds a label without a value; repeats are dropped. */
    public Builder tag(String value) {
      tags.add(value);
      return this;
    }

    /** Adds or replaces a label with a value. */
    public Builder metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /** What it says of itself; by default UP. */
    public Builder status(InstanceStatus value) {
      status = value;
      return this;
    }

    /** What the registry says of it; for codecs and tests, ignored when registering. */
    public Builder registered(Registered value) {
      registered = value;
      return this;
    }

    /** What is so with it besides; for codecs and tests, ignored when registering. */
    public Builder standing(Standing value) {
      standing = value;
      return this;
    }

    /**
     * Checks everything and makes the instance.
     *
     * @throws RegistryException.InvalidRequest when something is outside the rules
     */
    public ServiceInstance build() {
      return new ServiceInstance(this);
    }
  }
}
