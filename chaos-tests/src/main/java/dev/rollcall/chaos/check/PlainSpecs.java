package dev.rollcall.chaos.check;

import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The service specs of a {@link PlainRegistry}. */
final class PlainSpecs {
  private static final long TTL_MILLIS_DEFAULT = 30_000;

  private final Map<ServiceKey, RegisteredSpec> byService = new HashMap<>();

  Optional<RegisteredSpec> of(ServiceKey service) {
    return Optional.ofNullable(byService.get(service));
  }

  Map<ServiceKey, RegisteredSpec> all() {
    return byService;
  }

  void put(RegisteredSpec spec) {
    byService.put(spec.spec().service(), spec);
  }

  void remove(ServiceKey service) {
    byService.remove(service);
  }

  /** What is there instead, when that is not what was expected. */
  Optional<Long> mismatch(ServiceKey service, OptionalLong expected) {
    long actual = of(service).map(RegisteredSpec::modRevision).orElse(0L);
    return expected.isPresent() && expected.getAsLong() != actual
        ? Optional.of(actual)
        : Optional.empty();
  }

  /** Of a lease made for these, when they name none. */
  long ttlMillis(List<Instance> instances) {
    return instances.stream()
        .flatMap(each -> of(each.key().service()).stream())
        .mapToLong(spec -> spec.spec().defaultTtlMillis())
        .filter(ttlMillis -> ttlMillis > 0)
        .min()
        .orElse(TTL_MILLIS_DEFAULT);
  }

  /** Whether any service has fewer instances than its floor once these are gone. */
  boolean isFloorAbove(Set<InstanceKey> live, List<RegisteredInstance> going) {
    return going.stream()
        .map(each -> each.instance().key().service())
        .anyMatch(service -> {
          long all = live.stream().filter(key -> key.service().equals(service)).count();
          long gone =
              going.stream().filter(it -> it.instance().key().service().equals(service)).count();
          return all - gone < of(service).map(spec -> spec.spec().floor()).orElse(0);
        });
  }
}
