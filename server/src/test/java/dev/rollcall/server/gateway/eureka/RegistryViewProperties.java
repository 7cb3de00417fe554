package dev.rollcall.server.gateway.eureka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Clients that follow deltas, over random histories and several nodes, know what there is. */
class RegistryViewProperties {
  private static final int RUNS = 200;
  private static final int STEPS = 120;

  @Test
  void whoFollowsTheDeltasKnowsWhatThereIs() {
    Seeds.each(
        RUNS,
        random -> {
          var world = new World(random);
          for (int step = 0; step < STEPS; step++) {
            world.step();
          }
        });
  }

  @Test
  void whatNobodyChangedIsTheSameView() {
    Seeds.one(
        1,
        random -> {
          var world = new World(random);
          world.apply(world.register("orders", "i-1", Status.UP));
          var node = world.node();
          var view = node.current();
          byte[] bytes = view.all().plain(WireFormat.JSON);
          // Keys and other namespaces move the revision too.
          world.apply(
              new Command.PutKey(
                  "default", "k", ByteString.copyFromUtf8("v"), 0, OptionalLong.empty()));
          world.pass(1);
          assertThat(node.current()).isSameAs(view);
          assertThat(node.current().all().plain(WireFormat.JSON)).isSameAs(bytes);

          world.apply(world.register("billing", "b-1", Status.UP));
          world.pass(1);
          var next = node.current();
          assertThat(next).isNotSameAs(view);
          assertThat(next.apps().get("orders"))
              .as("what did not change")
              .isSameAs(view.apps().get("orders"));
        });
  }

  @Test
  void whatHappenedIsToldForThreeMinutes() {
    Seeds.one(
        1,
        random -> {
          var world = new World(random);
          world.apply(world.register("orders", "i-1", Status.UP));
          var node = world.node();
          assertThat(node.current().delta().parts()).as("all is new at first").hasSize(1);
          world.pass(180);
          world.apply(world.register("billing", "b-1", Status.UP));
          assertThat(node.current().delta().parts()).hasSize(2);
          world.pass(11);
          assertThat(node.current().delta().parts())
              .as("forgotten though nothing happened")
              .singleElement()
              .satisfies(part -> assertThat(part.app()).isEqualTo("BILLING"));
          world.pass(191);
          assertThat(node.current().delta().parts()).isEmpty();
          assertThat(node.current().hash()).isEqualTo("UP_2_");
        });
  }

  @Test
  void everybodySeesWhatWasThereWhenTheyAsked() throws InterruptedException {
    var world = new World(Seeds.generator(1));
    var node = new RegistryViews(world.store, Clock.SYSTEM, World.ENCODER);
    var done = new CountDownLatch(8);
    var failures = new ArrayList<Throwable>();
    try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int reader = 0; reader < 8; reader++) {
        readers.execute(() -> {
          try {
            for (int i = 0; i < 20; i++) {
              int before = world.store.status().instances();
              assertThat(instances(node.current())).isGreaterThanOrEqualTo(before);
            }
          } catch (Throwable e) {
            synchronized (failures) {
              failures.add(e);
            }
          } finally {
            done.countDown();
          }
        });
      }
      for (int i = 0; done.getCount() > 0; i++) {
        world.apply(world.register("orders", "i-" + i % 2_000, Status.UP));
      }
      assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(failures).isEmpty();
  }

  private static int instances(RegistryView view) {
    return view.apps().values().stream().mapToInt(app -> app.snapshot().size()).sum();
  }

  /** A registry, nodes that look at it, and clients that go from one to the other. */
  private static final class World implements Clock {
    static final WireEncoder ENCODER =
        new WireEncoder(new InstanceWriter(lease -> OptionalLong.of(90_000)));

    final RegistryStore store = RegistryStore.open(new MemoryOrderedStore());
    private final RandomGenerator random;
    private final List<RegistryViews> nodes = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private long nanos = TimeUnit.DAYS.toNanos(1);
    private long incarnation = 1_700_000_000_000_000L;

    World(RandomGenerator random) {
      this.random = random;
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public long wallMillis() {
      return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    RegistryViews node() {
      return new RegistryViews(store, this, ENCODER);
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0 -> {
          // A node that starts knows nothing of what was before.
          if (nodes.size() < 3) {
            nodes.add(node());
          } else {
            nodes.set(random.nextInt(3), node());
          }
        }
        case 1 -> clients.add(new Client());
        case 2, 3, 4, 5 -> {
          if (!nodes.isEmpty() && !clients.isEmpty()) {
            pass(1 + random.nextInt(40));
            var node = nodes.get(random.nextInt(nodes.size()));
            clients.get(random.nextInt(clients.size())).fetch(node.current(), node, nanos);
          }
        }
        default -> apply(change());
      }
    }

    void pass(int seconds) {
      nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    void apply(Command command) {
      long index = store.status().lastApplied() + 1;
      store.apply(List.of(new LogEntry(index, index, CommandCodec.encode(Request.of(command)))));
    }

    Command register(String service, String id, Status status) {
      var instance =
          new Instance(
              key(service, id),
              incarnation++,
              List.of(new Endpoint("http", "http", "h", 80, false)),
              Locality.UNKNOWN,
              100,
              "",
              List.of(),
              Instance.sorted(Map.of()),
              status);
      return new Command.Register(List.of(instance), new Command.Keeper.NewLease(90_000));
    }

    private Command change() {
      String service = "s-" + random.nextInt(4);
      String id = "i-" + random.nextInt(5);
      var status = Seeds.oneOf(random, Status.values());
      return switch (random.nextInt(6)) {
        case 0, 1 -> register(service, id, status);
        case 2, 3 -> new Command.Deregister(key(service, id), 0);
        case 4 -> new Command.SetOverride(key(service, id), status, "op", "", 0);
        default ->
            new Command.Update(
                key(service, id),
                0,
                0,
                Optional.of(status),
                OptionalInt.of(random.nextInt(100)),
                Optional.empty(),
                Optional.empty());
      };
    }

    private static InstanceKey key(String service, String id) {
      return new InstanceKey(new ServiceKey("", service), id);
    }
  }

  /** As Eureka's clients do: everything at first, then deltas, and everything on another hash. */
  private static final class Client {
    private SortedMap<String, JsonObject> known = new TreeMap<>();
    private long fetchedNanos = Long.MIN_VALUE / 2;
    private @Nullable RegistryViews fetchedFrom;

    void fetch(RegistryView view, RegistryViews node, long nowNanos) {
      if (nowNanos - fetchedNanos > Delta.WINDOW_NANOS) {
        known = all(view);
      } else {
        each(
            view.changes(),
            (name, instance) -> {
              if (instance.remove("actionType").getAsString().equals("DELETED")) {
                known.remove(name);
              } else {
                known.put(name, instance);
              }
            });
      }
      if (!node.equals(fetchedFrom) && !hash().equals(view.hash())) {
        // It knew of an instance that was gone before this node looked for it.
        known = all(view);
      }
      fetchedNanos = nowNanos;
      fetchedFrom = node;
      assertThat(known).isEqualTo(all(view));
      assertThat(hash()).isEqualTo(view.hash());
    }

    private static SortedMap<String, JsonObject> all(RegistryView view) {
      var all = new TreeMap<String, JsonObject>();
      each(
          view.all(),
          (name, instance) -> {
            instance.remove("actionType");
            all.put(name, instance);
          });
      return all;
    }

    private String hash() {
      var counts = new TreeMap<String, Integer>();
      known
          .values()
          .forEach(each -> counts.merge(each.get("status").getAsString(), 1, Integer::sum));
      var hash = new StringBuilder();
      counts.forEach((status, count) -> hash.append(status).append('_').append(count).append('_'));
      return hash.toString();
    }

    private static void each(EncodedAnswer answer, BiConsumer<String, JsonObject> visitor) {
      var apps =
          JsonParser.parseString(new String(answer.plain(WireFormat.JSON), UTF_8))
              .getAsJsonObject()
              .getAsJsonObject("applications")
              .getAsJsonArray("application");
      for (var app : apps) {
        for (var each : app.getAsJsonObject().getAsJsonArray("instance")) {
          var instance = each.getAsJsonObject();
          visitor.accept(
              instance.get("app").getAsString() + "/" + instance.get("instanceId").getAsString(),
              instance);
        }
      }
    }
  }
}
