package dev.rollcall.client;

import dev.rollcall.client.transport.Asking;
import dev.rollcall.client.transport.OperationsCodec;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ExplainRequest;
import dev.rollcall.v1.ExplainResponse;
import dev.rollcall.v1.GetInstanceRequest;
import dev.rollcall.v1.GetInstanceResponse;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.ListServicesRequest;
import dev.rollcall.v1.ListServicesResponse;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reads of a client that have one answer, or one in pages. Any thread; each blocks. */
final class Lookups {
  /** How often a service that changes between its pages is read before it is taken as it comes. */
  private static final int ATTEMPTS_MAX = 3;

  private final Asking asking;
  private final String namespace;
  private final Duration timeout;

  /**
   * Reads of names in one namespace.
   *
   * @param timeout for each page
   */
  Lookups(Asking asking, String namespace, Duration timeout) {
    this.asking = asking;
    this.namespace = namespace;
    this.timeout = timeout;
  }

  ResolvedService resolve(Lookup lookup) {
    Rules.requireName("service", lookup.service());
    for (int attempt = 1; ; attempt++) {
      Optional<ResolvedService> resolved = attempt(lookup, attempt == ATTEMPTS_MAX);
      if (resolved.isPresent()) {
        return resolved.get();
      }
    }
  }

  /** One reading of all pages; empty when the service moved and another reading is allowed. */
  private Optional<ResolvedService> attempt(Lookup lookup, boolean isLast) {
    ResolveRequest.Builder request = request(lookup);
    ResolveResponse first = ask(request.build());
    // By id: what moves from far to near between two pages may be on both.
    Map<String, ServiceInstance> instances = new LinkedHashMap<>();
    add(instances, first);
    // Another node may answer the next page, but none that is behind; and a page needs no round of
    // the quorum of its own. A read that takes what a node knows goes on so.
    if (!isLagging(lookup.consistency())) {
      request.setConsistency(WireCodec.encode(Consistency.minRevision(first.getServiceRevision())));
    }
    boolean isMoved = false;
    for (ResolveResponse page = first; !page.getNextPageToken().isEmpty(); ) {
      page = ask(request.setPageToken(page.getNextPageToken()).build());
      isMoved |= page.getRevisionMoved();
      if (isMoved && !isLast) {
        return Optional.empty();
      }
      add(instances, page);
    }
    return Optional.of(
        new ResolvedService(
            lookup.service(),
            List.copyOf(instances.values()),
            first.getHeader().getRevision(),
            first.getServiceRevision(),
            Duration.ofMillis(first.getLagMillis()),
            !isMoved,
            first.hasSpec()
                ? Optional.of(OperationsCodec.decode(first.getSpec()))
                : Optional.empty(),
            first.getGuarded()));
  }

  private static boolean isLagging(Consistency level) {
    return level instanceof Consistency.Any || level instanceof Consistency.MaxLag;
  }

  private ResolveRequest.Builder request(Lookup lookup) {
    Locality near = lookup.near();
    ResolveRequest.Builder request =
        ResolveRequest.newBuilder()
            .setNamespace(namespace)
            .setService(lookup.service())
            .setFilter(lookup.filter())
            .setSubset(lookup.subset())
            .setHealthyOnly(lookup.healthyOnly())
            .setEndpoint(lookup.endpoint())
            .setLimit(lookup.limit())
            .setConsistency(WireCodec.encode(lookup.consistency()));
    return near.equals(Locality.NONE) ? request : request.setNear(WireCodec.encode(near));
  }

  private ResolveResponse ask(ResolveRequest request) {
    return asking.ask(
        UnaryCall.read(
            DiscoveryGrpc.getResolveMethod(), request, ResolveResponse::getHeader, timeout));
  }

  private static void add(Map<String, ServiceInstance> instances, ResolveResponse page) {
    for (Instance message : page.getInstancesList()) {
      instances.put(message.getInstanceId(), WireCodec.decode(message));
    }
  }

  ServiceInstance instance(InstanceKey key, Consistency consistency) {
    GetInstanceRequest request =
        GetInstanceRequest.newBuilder()
            .setKey(key)
            .setConsistency(WireCodec.encode(consistency))
            .build();
    GetInstanceResponse answer =
        asking.ask(
            UnaryCall.read(
                DiscoveryGrpc.getGetInstanceMethod(),
                request,
                GetInstanceResponse::getHeader,
                timeout));
    return WireCodec.decode(answer.getInstance());
  }

  Explanation explain(Lookup pool, InstanceKey key) {
    ExplainRequest.Builder request =
        ExplainRequest.newBuilder()
            .setKey(key)
            .setFilter(pool.filter())
            .setSubset(pool.subset())
            .setEndpoint(pool.endpoint())
            .setConsistency(WireCodec.encode(pool.consistency()));
    if (!pool.near().equals(Locality.NONE)) {
      request.setNear(WireCodec.encode(pool.near()));
    }
    return WireCodec.decode(
        asking.ask(
            UnaryCall.read(
                DiscoveryGrpc.getExplainMethod(),
                request.build(),
                ExplainResponse::getHeader,
                timeout)));
  }

  List<ServiceSummary> allServices(ServiceQuery first) {
    var services = new ArrayList<ServiceSummary>();
    ServiceQuery query = first;
    while (true) {
      ServicePage page = services(query);
      services.addAll(page.services());
      if (page.nextPageToken().isEmpty()) {
        return List.copyOf(services);
      }
      query = query.after(page.nextPageToken().get());
    }
  }

  ServicePage services(ServiceQuery query) {
    ListServicesRequest request =
        ListServicesRequest.newBuilder()
            .setNamespace(namespace)
            .setPrefix(query.prefix())
            .setFilter(query.filter())
            .setPageSize(query.pageSize())
            .setPageToken(query.pageToken())
            .setConsistency(WireCodec.encode(query.consistency()))
            .build();
    ListServicesResponse answer =
        asking.ask(
            UnaryCall.read(
                DiscoveryGrpc.getListServicesMethod(),
                request,
                ListServicesResponse::getHeader,
                timeout));
    String next = answer.getNextPageToken();
    return new ServicePage(
        answer.getServicesList().stream().map(WireCodec::decode).toList(),
        next.isEmpty() ? Optional.empty() : Optional.of(next),
        answer.getHeader().getRevision());
  }
}
