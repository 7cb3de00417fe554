package dev.rollcall.server.discovery;

import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import java.util.Iterator;
import java.util.Optional;

/**
 * One page of a lookup. It goes on behind the last instance of the page before, in an order in
 * which an instance keeps its place as long as it does not change: whatever else happens between
 * two pages, each such instance is on just one of them.
 *
 * @param instancesMax on this page
 * @param limit of instances on all pages together
 * @param request what was asked
 * @param before where the page before ended
 */
record InstancePage(
    ServiceKey service,
    Selection selection,
    Nearness nearness,
    int instancesMax,
    int limit,
    ResolveRequest request,
    Optional<PageToken> before) {
  private static final int PAGE_MAX = 10_000;

  /** Tag and length of an instance in an answer. */
  private static final int FRAME_BYTES_MAX = 4;

  /**
   * What the request asks for.
   *
   * @throws InvalidRequest when it breaks a rule
   */
  static InstancePage of(ResolveRequest request) {
    int size = request.getPageSize();
    if (size < 0 || size > PAGE_MAX) {
      throw new InvalidRequest(
          Rule.OTHER,
          "page_size must be at most " + PAGE_MAX + ": " + Integer.toUnsignedString(size));
    }
    var service = new ServiceKey(request.getNamespace(), request.getService());
    var near = request.getNear();
    var caller = new Locality(near.getRegion(), near.getZone(), near.getSubZone());
    String token = request.getPageToken();
    return new InstancePage(
        service,
        new Selection(
            Filter.parse(request.getFilter()),
            request.getHealthyOnly(),
            request.getEndpoint(),
            request.getSubset()),
        new Nearness(caller),
        size == 0 ? Integer.MAX_VALUE : size,
        // 0 is no limit, and what looks negative, for want of a sign, more than there can be.
        request.getLimit() <= 0 ? Integer.MAX_VALUE : request.getLimit(),
        request,
        token.isEmpty()
            ? Optional.empty()
            : Optional.of(PageToken.parse(token, lookup(service, request))));
  }

  /** Whether all instances are wanted as they lie. They may yet be more than an answer holds. */
  boolean isWhole() {
    return selection.isAll()
        && nearness.nearest() == Nearness.ELSEWHERE
        && instancesMax == Integer.MAX_VALUE
        && limit == Integer.MAX_VALUE
        && before.isEmpty();
  }

  /**
   * The answer, but for what is the same whatever is asked for.
   *
   * @param history that the snapshot's revision belongs to, see {@link PageToken}
   */
  ResolveResponse.Builder from(ServiceSnapshot snapshot, long history) {
    var first = new PageToken(history, snapshot.revision(), nearness.nearest(), 0, "");
    var page = new Filling(before.orElse(first), snapshot);
    page.fill();
    boolean isMoved =
        page.from.history() != history || page.from.serviceRevision() != snapshot.revision();
    return page.answer.setRevisionMoved(isMoved);
  }

  /** All that the pages of one lookup have in common. */
  private static String lookup(ServiceKey service, ResolveRequest request) {
    return String.join(
        "\0",
        service.foldedNamespace(),
        service.foldedName(),
        request.getFilter(),
        Boolean.toString(request.getHealthyOnly()),
        request.getEndpoint(),
        request.getSubset(),
        request.getNear().getRegion(),
        request.getNear().getZone(),
        request.getNear().getSubZone(),
        Integer.toString(request.getLimit()));
  }

  /** The page while it is made. */
  private final class Filling {
    final PageToken from;
    final ResolveResponse.Builder answer = ResolveResponse.newBuilder();
    private final ServiceSnapshot snapshot;
    private final Selection wanted;
    private PageToken end;
    private int bytes;

    Filling(PageToken from, ServiceSnapshot snapshot) {
      this.from = from;
      this.snapshot = snapshot;
      wanted = selection.in(snapshot);
      end = from;
    }

    void fill() {
      String behind = from.instanceId();
      for (int distance = from.distance(); distance <= Nearness.ELSEWHERE; distance++) {
        if (!take(distance, snapshot.after(behind))) {
          return;
        }
        behind = "";
      }
    }

    /** Takes those at this distance; whether there is room for more. */
    private boolean take(int distance, Iterator<RegisteredInstance> each) {
      while (each.hasNext()) {
        RegisteredInstance next = each.next();
        boolean isNext =
            nearness.distance(next.instance().locality()) == distance && wanted.wants(next);
        if (!isNext) {
          continue;
        }
        if (end.answered() == limit) {
          return false;
        }
        Instance message = next.message();
        bytes += message.getSerializedSize() + FRAME_BYTES_MAX;
        if (answer.getInstancesCount() == instancesMax
            || bytes > ServiceSnapshot.ENCODED_BYTES_MAX) {
          answer.setNextPageToken(end.text(lookup(service, request)));
          return false;
        }
        answer.addInstances(message);
        end = end.behind(distance, next.id());
      }
      return true;
    }
  }
}
