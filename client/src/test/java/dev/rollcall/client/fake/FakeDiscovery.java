package dev.rollcall.client.fake;

import dev.rollcall.v1.Consistency;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.ListServicesRequest;
import dev.rollcall.v1.ListServicesResponse;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import dev.rollcall.v1.ServiceSummary;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/** The service Discovery of a fake node. */
final class FakeDiscovery extends DiscoveryGrpc.DiscoveryImplBase {
  private final FakeNode node;

  FakeDiscovery(FakeNode node) {
    this.node = node;
  }

  @Override
  public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () -> {
          requireFresh(request.getConsistency());
          return resolved(request);
        });
  }

  /** The token is the service's revision at the first page, and the id that the last ended with. */
  private ResolveResponse resolved(ResolveRequest request) {
    String service = request.getService();
    long revision = node.serviceRevision(service);
    String token = request.getPageToken();
    String first =
        token.isEmpty() ? Long.toString(revision) : token.substring(0, token.indexOf(' '));
    String after = token.substring(token.indexOf(' ') + 1);
    List<Instance> left =
        node.instances(service).stream()
            .filter(instance -> instance.getInstanceId().compareTo(after) > 0)
            .toList();
    List<Instance> page = left.subList(0, Math.min(left.size(), node.instancesInAnAnswer()));
    ResolveResponse answer =
        ResolveResponse.newBuilder()
            .setHeader(node.header())
            .addAllInstances(page)
            .setServiceRevision(revision)
            .setGuarded(node.isGuarded())
            .setLagMillis(node.isStale() ? 60_000 : 0)
            .setNextPageToken(
                page.size() == left.size()
                    ? ""
                    : first + ' ' + page.get(page.size() - 1).getInstanceId())
            .setRevisionMoved(!first.equals(Long.toString(revision)))
            .build();
    node.lookups().add(request);
    node.afterALookup();
    return answer;
  }

  @Override
  public void listServices(
      ListServicesRequest request, StreamObserver<ListServicesResponse> observer) {
    FakeRegistration.answer(
        node,
        observer,
        () -> {
          requireFresh(request.getConsistency());
          return page(request);
        });
  }

  private ListServicesResponse page(ListServicesRequest request) {
    ListServicesResponse.Builder page = ListServicesResponse.newBuilder().setHeader(node.header());
    int pageSize = request.getPageSize() == 0 ? 1_000 : request.getPageSize();
    for (Map.Entry<String, Map<String, Instance>> service : node.services().entrySet()) {
      boolean isWanted =
          service.getKey().startsWith(request.getPrefix())
              && service.getKey().compareTo(request.getPageToken()) > 0
              && !service.getValue().isEmpty();
      if (!isWanted) {
        continue;
      }
      if (page.getServicesCount() == pageSize) {
        List<ServiceSummary> full = page.getServicesList();
        return page.setNextPageToken(full.get(full.size() - 1).getService()).build();
      }
      page.addServices(
          ServiceSummary.newBuilder()
              .setNamespace("default")
              .setService(service.getKey())
              .setInstances(service.getValue().size())
              .setServiceRevision(node.serviceRevision(service.getKey())));
    }
    return page.build();
  }

  private void requireFresh(Consistency consistency) {
    switch (consistency.getLevelCase()) {
      case MIN_REVISION -> {
        if (node.appliedRevision() < consistency.getMinRevision()) {
          throw Refusals.of(ErrorReason.TOO_FAR_BEHIND, "not at that revision");
        }
      }
      case MAX_LAG_MILLIS -> {
        if (node.isStale()) {
          throw Refusals.of(ErrorReason.TOO_FAR_BEHIND, "no word of the leader");
        }
      }
      case ANY -> {}
      case LINEARIZABLE, LEVEL_NOT_SET -> node.requireQuorum();
    }
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
    FakeWatchStream stream = new FakeWatchStream(node, observer);
    node.watchStreams().add(stream);
    return stream;
  }
}
