package dev.rollcall.server.discovery;

import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Removal;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.store.instance.Status;
import dev.rollcall.store.instance.StatusCause;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.v1.ExplainRequest;
import dev.rollcall.v1.ExplainResponse;
import dev.rollcall.v1.Finding;
import dev.rollcall.v1.FindingKind;
import java.time.Instant;
import java.util.Optional;

/**
 * Why an instance is, or is not, among those to which callers who look up so would send traffic.
 *
 * @param selection what they look up with
 * @param nearness from where
 */
record Explanation(InstanceKey key, Selection selection, Nearness nearness) {
  /** What the request asks. */
  static Explanation of(ExplainRequest request) {
    var named = request.getKey();
    var near = request.getNear();
    return new Explanation(
        new InstanceKey(
            new ServiceKey(named.getNamespace(), named.getService()), named.getInstanceId()),
        new Selection(
            Filter.parse(request.getFilter()), true, request.getEndpoint(), request.getSubset()),
        new Nearness(new Locality(near.getRegion(), near.getZone(), near.getSubZone())));
  }

  /** The answer, but for its header. Reads rows. */
  ExplainResponse.Builder from(RegistryStore store) {
    ServiceSnapshot service = store.service(key.service());
    var telling = new Telling(service.find(key.instanceId()));
    if (telling.found.isPresent()) {
      telling.tell(telling.found.get(), service, store);
    } else {
      telling.absent(store.removal(key), store.override(key));
    }
    return telling.answer();
  }

  private static String who(StatusOverride override) {
    return "operator %s%s%s"
        .formatted(
            override.actor(),
            override.reason().isEmpty() ? "" : " (" + override.reason() + ")",
            override.expiresWallMillis() == 0
                ? ""
                : ", until " + Instant.ofEpochMilli(override.expiresWallMillis()));
  }

  /** The answer while it is made. */
  private final class Telling {
    final Optional<RegisteredInstance> found;
    private final ExplainResponse.Builder answer = ExplainResponse.newBuilder();

    Telling(Optional<RegisteredInstance> found) {
      this.found = found;
      found.ifPresent(registered -> answer.setInstance(registered.message()));
    }

    ExplainResponse.Builder answer() {
      Optional<Finding> against =
          answer.getFindingsList().stream().filter(Finding::getExcludes).findFirst();
      String verdict =
          against.isEmpty()
              ? key + " is in the pool"
              : key + " is not in the pool: " + against.get().getSentence();
      return answer.setInPool(against.isEmpty()).setVerdict(verdict);
    }

    void absent(Optional<Removal> removal, Optional<StatusOverride> override) {
      if (removal.isPresent()) {
        Removal gone = removal.get();
        String how =
            switch (gone.cause()) {
              case DEREGISTERED -> "it was deregistered, or its lease revoked,";
              case EXPIRED -> "its lease expired";
            };
        add(
            FindingKind.FINDING_KIND_REMOVED,
            true,
            "%s at revision %d, in incarnation %d: only a higher one can register again"
                .formatted(how, gone.revision(), gone.incarnation()));
      } else {
        add(
            FindingKind.FINDING_KIND_UNKNOWN_INSTANCE,
            true,
            "nothing is known of it: it was never registered, or is long forgotten");
      }
      override.ifPresent(waiting ->
          add(
              FindingKind.FINDING_KIND_OVERRIDE,
              false,
              "once registered it will be %s, by %s".formatted(waiting.status(), who(waiting))));
    }

    void tell(RegisteredInstance it, ServiceSnapshot service, RegistryStore store) {
      add(
          FindingKind.FINDING_KIND_REGISTERED,
          false,
          "it is registered since revision %d, in incarnation %d, and changed last at revision %d"
              .formatted(it.createRevision(), it.instance().incarnation(), it.modRevision()));
      lease(it, store);
      standing(it);
      if (it.instance().weight() == 0) {
        add(FindingKind.FINDING_KIND_WEIGHT, true, "its weight is 0: it is listed, never chosen");
      }
      endpoint(it);
      if (!selection.subset().isEmpty()) {
        Filter subset =
            new Selection(Filter.parse(""), false, "", selection.subset()).in(service).filter();
        filter(it, FindingKind.FINDING_KIND_SUBSET, "subset " + selection.subset(), subset);
      }
      if (!selection.filter().isAll()) {
        filter(it, FindingKind.FINDING_KIND_FILTER, "the filter", selection.filter());
      }
      near(it);
    }

    private void lease(RegisteredInstance it, RegistryStore store) {
      var ttl = store.ttlMillis(it.leaseId());
      add(
          FindingKind.FINDING_KIND_LEASE,
          false,
          "lease %d keeps it%s"
              .formatted(
                  it.leaseId(),
                  ttl.isPresent()
                      ? ": without a keepalive it lapses after " + ttl.getAsLong() + " ms"
                      : ""));
      if (it.standing().isSuspect()) {
        boolean isGuarded = store.guardView().isEngaged(key.service().foldedNamespace());
        add(
            FindingKind.FINDING_KIND_SUSPECT,
            false,
            "its lease lapsed, and only the %s keeps it: prefer others"
                .formatted(isGuarded ? "guard against mass expiry" : "floor of the service"));
      }
    }

    /** What it reports, and what counts instead: only the one that decides can exclude. */
    private void standing(RegisteredInstance it) {
      boolean isOut = it.effectiveStatus() != Status.UP;
      StatusCause cause = it.statusCause();
      add(
          FindingKind.FINDING_KIND_REPORTED,
          isOut && (cause == StatusCause.REPORTED || cause == StatusCause.SUSPECT),
          "it reports " + it.instance().status());
      if (it.standing().lifecycle() != Lifecycle.ACTIVE) {
        add(
            FindingKind.FINDING_KIND_LIFECYCLE,
            isOut && cause != StatusCause.OVERRIDE,
            it.standing().lifecycle() == Lifecycle.DRAINING
                ? "it drains, until "
                    + Instant.ofEpochMilli(it.standing().drainDeadlineWallMillis())
                : "it terminates");
      }
      it.standing()
          .override()
          .ifPresent(override ->
              add(
                  FindingKind.FINDING_KIND_OVERRIDE,
                  isOut,
                  "it is taken for %s, by %s".formatted(override.status(), who(override))));
    }

    private void endpoint(RegisteredInstance it) {
      if (!selection.endpoint().isEmpty()) {
        boolean hasIt = selection.hasEndpoint(it);
        add(
            FindingKind.FINDING_KIND_ENDPOINT,
            !hasIt,
            "it has %s endpoint '%s'".formatted(hasIt ? "an" : "no", selection.endpoint()));
      }
    }

    private void filter(RegisteredInstance it, FindingKind kind, String name, Filter filter) {
      boolean holds = filter.matches(it);
      add(
          kind,
          !holds,
          holds
              ? name + " holds for it"
              : "%s does not hold for it: not so is `%s`".formatted(name, filter.unmet(it)));
    }

    private void near(RegisteredInstance it) {
      if (nearness.nearest() != Nearness.ELSEWHERE) {
        add(FindingKind.FINDING_KIND_NEARNESS, false, nearness.described(it.instance().locality()));
      }
    }

    private void add(FindingKind kind, boolean excludes, String sentence) {
      answer.addFindings(
          Finding.newBuilder().setKind(kind).setExcludes(excludes).setSentence(sentence));
    }
  }
}
