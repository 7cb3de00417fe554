package dev.rollcall.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.InstanceCodec;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Locality;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import dev.rollcall.v1.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random lookups of random services, page by page, against a sort of everything. */
class InstancePageProperties {
  private static final int RUNS = 400;
  private static final int HISTORY = 77;
  private static final ServiceKey SERVICE = new ServiceKey("", "orders");

  @Test
  void thePagesOfAnUnchangedServiceAreTheWholeAnswerCut() {
    each((random, pool) -> {
      var request = request(random);
      var answered = new ArrayList<String>();
      for (ResolveResponse page = pool.page(request); ; page = pool.page(request)) {
        assertThat(page.getRevisionMoved()).isFalse();
        page.getInstancesList().forEach(instance -> answered.add(instance.getInstanceId()));
        if (page.getNextPageToken().isEmpty()) {
          break;
        }
        assertThat(page.getInstancesCount()).isEqualTo(request.getPageSize());
        request.setPageToken(page.getNextPageToken());
      }

      assertThat(answered).isEqualTo(pool.expected(request.build()));
    });
  }

  @Test
  void whatDoesNotChangeIsOnJustOnePageWhateverElseHappens() {
    each((random, pool) -> {
      var request = request(random).setLimit(0);
      var answered = new ArrayList<String>();
      var unchanged = pool.expected(request.build());
      boolean isChanged = false;
      for (ResolveResponse page = pool.page(request); ; page = pool.page(request)) {
        assertThat(page.getRevisionMoved()).isEqualTo(isChanged);
        page.getInstancesList().forEach(instance -> answered.add(instance.getInstanceId()));
        if (page.getNextPageToken().isEmpty()) {
          break;
        }
        request.setPageToken(page.getNextPageToken());
        if (random.nextInt(3) == 0) {
          unchanged.remove(pool.change(random));
          isChanged = true;
        }
      }

      assertThat(answered.stream().filter(unchanged::contains).toList()).isEqualTo(unchanged);
    });
  }

  private static void each(BiConsumer<Random, Pool> run) {
    long first = System.nanoTime();
    for (long seed = first; seed < first + RUNS; seed++) {
      var random = new Random(seed);
      try {
        var pool = new Pool();
        for (int i = random.nextInt(60); i >= 0; i--) {
          pool.change(random);
        }
        run.accept(random, pool);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static ResolveRequest.Builder request(Random random) {
    return ResolveRequest.newBuilder()
        .setService("Orders")
        .setFilter(random.nextInt(3) == 0 ? "weight > 1" : "")
        .setHealthyOnly(random.nextBoolean())
        .setEndpoint(random.nextInt(3) == 0 ? "admin" : "")
        .setNear(random.nextBoolean() ? locality(random) : Locality.getDefaultInstance())
        .setLimit(random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0)
        .setPageSize(1 + random.nextInt(12));
  }

  private static Locality locality(Random random) {
    return Locality.newBuilder()
        .setRegion(pick(random, "", "r1", "r2"))
        .setZone(pick(random, "", "z1", "z2"))
        .setSubZone(pick(random, "", "s1", "s2"))
        .build();
  }

  private static String pick(Random random, String... from) {
    return from[random.nextInt(from.length)];
  }

  /** A service, and what it should be. */
  private static final class Pool {
    private final InstanceTable table = new InstanceTable();
    private final TreeMap<String, Instance> instances = new TreeMap<>();
    private long revision;

    /** Registers or removes one; answers which. */
    String change(Random random) {
      String id = "i-" + random.nextInt(80);
      revision++;
      var live = instances.remove(id);
      if (live != null && random.nextInt(3) == 0) {
        table.remove(InstanceCodec.registeredFromMessage(live), revision);
      } else {
        var instance =
            Instance.newBuilder()
                .setService("orders")
                .setInstanceId(id)
                .setIncarnation(revision)
                .setWeight(random.nextInt(4))
                .setLocality(locality(random))
                .setStatus(random.nextInt(3) == 0 ? Status.STATUS_DOWN : Status.STATUS_UP)
                .addEndpoints(
                    Endpoint.newBuilder()
                        .setName(pick(random, "web", "admin"))
                        .setHost("h")
                        .setPort(1))
                .setLeaseId(1)
                .setCreateRevision(revision)
                .setModRevision(revision)
                .build();
        RegisteredInstance registered = InstanceCodec.registeredFromMessage(instance);
        table.register(registered);
        instances.put(id, registered.message());
      }
      table.publish();
      return id;
    }

    ResolveResponse page(ResolveRequest.Builder request) {
      return InstancePage.of(request.build()).from(table.service(SERVICE), HISTORY).build();
    }

    List<String> expected(ResolveRequest request) {
      Locality near = request.getNear();
      Comparator<Instance> closest =
          Comparator.comparing(instance -> !isNear(near, instance.getLocality(), 3));
      closest = closest.thenComparing(instance -> !isNear(near, instance.getLocality(), 2));
      closest = closest.thenComparing(instance -> !isNear(near, instance.getLocality(), 1));
      var filter = Filter.parse(request.getFilter());
      return instances.values().stream()
          .filter(instance -> !request.getHealthyOnly() || instance.getStatus() == Status.STATUS_UP)
          .filter(instance ->
              request.getEndpoint().isEmpty()
                  || instance.getEndpoints(0).getName().equals(request.getEndpoint()))
          .filter(instance -> filter.matches(InstanceCodec.registeredFromMessage(instance)))
          .sorted(closest)
          .limit(request.getLimit() == 0 ? Long.MAX_VALUE : request.getLimit())
          .map(Instance::getInstanceId)
          .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Whether the caller names the narrowest of so many parts, and all that it names are equal. */
    private static boolean isNear(Locality near, Locality place, int parts) {
      List<String> named = List.of(near.getRegion(), near.getZone(), near.getSubZone());
      List<String> there = List.of(place.getRegion(), place.getZone(), place.getSubZone());
      boolean isNear = !named.get(parts - 1).isEmpty();
      for (int i = 0; i < parts; i++) {
        isNear &= named.get(i).isEmpty() || named.get(i).equals(there.get(i));
      }
      return isNear;
    }
  }
}
