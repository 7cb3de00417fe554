package dev.rollcall.cli.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.cli.lb.LoadBalancerException.Kind;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.cache.CacheState;
import dev.rollcall.client.cache.CacheView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said and done on bad days, without a clock and without a balancer. */
class BackendKeeperTest {
  private static final CacheState LIVE = new CacheState.Live();

  private final FakeBalancer balancer = new FakeBalancer();
  private final List<String> notes = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, CacheView> views = new HashMap<>();
  private final BackendKeeper keeper =
      new BackendKeeper(
          balancer,
          List.of(pool("a"), pool("b")),
          new Selection("", ""),
          Runnable::run,
          new BackendKeeper.Journal() {
            @Override
            public void taken(BackendKeeper.Pool pool, Step step, long revision) {
              steps.add(step);
            }

            @Override
            public void noted(String line) {
              notes.add(line);
            }
          });

  BackendKeeperTest() {
    knows("a", LIVE, "i-1");
    knows("b", LIVE, "i-2");
  }

  @Test
  void whatHasNotChangedIsNotTouched() {
    keeper.pass();
    assertThat(steps).hasSize(2);
    keeper.pass();
    assertThat(steps).hasSize(2);
    assertThat(notes).containsExactly("a: a is up to date", "b: b is up to date");
    assertThat(keeper.totals()).isEqualTo(new BackendKeeper.Totals(2, 2, 2, 0, true));
  }

  @Test
  void aServiceOutOfDateIsSaidOnceAndEmptiesNothing() {
    keeper.pass();
    notes.clear();
    var degraded = new CacheState.Degraded(Instant.EPOCH, "no leader");
    knows("a", degraded, "i-1");
    keeper.pass();
    knows("a", degraded);
    keeper.pass();
    keeper.pass();
    assertThat(notes)
        .containsExactly("a: a may be out of date since 1970-01-01T00:00:00Z: no leader");
    assertThat(balancer.backend("a").serving()).hasSize(1);
    assertThat(keeper.totals().isUpToDate()).isFalse();
    knows("a", LIVE);
    keeper.pass();
    assertThat(notes).hasSize(2).last().isEqualTo("a: a is up to date");
    assertThat(balancer.backend("a").servers()).isEmpty();
  }

  @Test
  void aServiceThatIsNotKnownIsLeftAlone() {
    keeper.pass();
    steps.clear();
    knows("a", new CacheState.Empty("nobody answers"));
    keeper.pass();
    assertThat(steps).isEmpty();
    assertThat(notes)
        .last()
        .isEqualTo("a: a is not known yet, its servers stay as they are: nobody answers");
  }

  @Test
  void aReloadIsNoticedAndEverythingToldAgain() {
    keeper.pass();
    balancer.reload();
    keeper.pass();
    assertThat(balancer.backend("a").serving()).hasSize(1);
    assertThat(balancer.backend("b").serving()).hasSize(1);
    assertThat(notes).filteredOn(it -> it.contains("reloaded or restarted")).hasSize(1);
    assertThat(keeper.totals().resyncs()).isEqualTo(1);
  }

  @Test
  void aBalancerThatIsAwayIsSaidOnceAndItsReturnToo() {
    balancer.fail(Kind.UNREACHABLE, "it is away");
    keeper.pass();
    keeper.pass();
    assertThat(notes).containsExactly("it is away");
    assertThat(keeper.totals().isUpToDate()).isFalse();
    balancer.work();
    keeper.pass();
    assertThat(notes).contains("the load balancer takes changes again");
    assertThat(steps).hasSize(2);
  }

  @Test
  void whatCannotWorkEndsItAtTheStartOnly() {
    balancer.failIn("b", Kind.MISCONFIGURED, "no backend b");
    assertThatThrownBy(keeper::pass).isInstanceOf(LoadBalancerException.class);
    assertThat(balancer.backend("a").serving()).hasSize(1); // the other one is served all the same
    balancer.work();
    keeper.pass();
    balancer.failIn("b", Kind.MISCONFIGURED, "no backend b");
    keeper.pass();
    assertThat(notes).last().isEqualTo("no backend b");
  }

  @Test
  void aRefusedStepKeepsNoOtherFromBeingTaken() throws InterruptedException {
    knows("a", LIVE, "i-1", "i-3", "i-4");
    balancer.refuse("i-3");
    assertThat(keeper.once(Duration.ZERO)).isFalse();
    assertThat(balancer.backend("a").serving()).hasSize(2);
    keeper.pass();
    assertThat(notes).filteredOn(it -> it.equals("refused i-3")).hasSize(1);
    balancer.work();
    assertThat(keeper.once(Duration.ZERO)).isTrue();
    assertThat(balancer.backend("a").serving()).hasSize(3);
  }

  @Test
  void instancesWithoutTheEndpointAreNamedOnce() {
    var journal = new ArrayList<String>();
    var picky =
        new BackendKeeper(
            balancer,
            List.of(pool("a")),
            new Selection("grpc", ""),
            Runnable::run,
            new BackendKeeper.Journal() {
              @Override
              public void taken(BackendKeeper.Pool pool, Step step, long revision) {}

              @Override
              public void noted(String line) {
                journal.add(line);
              }
            });
    knows("a", LIVE, "i-1", "i-2");
    picky.pass();
    picky.pass();
    assertThat(journal)
        .containsExactly("a: a is up to date", "a: these instances have no endpoint grpc: i-1 i-2");
  }

  private BackendKeeper.Pool pool(String name) {
    return new BackendKeeper.Pool(
        name,
        name,
        () -> views.getOrDefault(name, new CacheView(List.of(), 0, 0, LIVE, Optional.empty())));
  }

  private void knows(String service, CacheState state, String... ids) {
    List<ServiceInstance> instances =
        List.of(ids).stream()
            .map(id ->
                ServiceInstance.builder(service)
                    .id(id)
                    .endpoint("http", "http", "10.0.0.1", 80)
                    .build())
            .toList();
    views.put(service, new CacheView(instances, 1, 1, state, Optional.empty()));
  }

  /** Two backends in memory, and what is wrong with them. */
  private static final class FakeBalancer implements LoadBalancer {
    private final Map<String, FakeBackend> backends = new HashMap<>();
    private int process;
    private Optional<LoadBalancerException> failure = Optional.empty();
    private String failing = "";
    private String refused = "";

    FakeBackend backend(String name) {
      return backends.computeIfAbsent(name, it -> new FakeBackend(List.of()));
    }

    void reload() {
      process++;
      backends.clear();
    }

    void fail(Kind kind, String message) {
      failIn("", kind, message);
    }

    void failIn(String backend, Kind kind, String message) {
      failing = backend;
      failure = Optional.of(new LoadBalancerException(kind, message));
    }

    void refuse(String instance) {
      refused = instance;
    }

    void work() {
      failure = Optional.empty();
      refused = "";
    }

    private void failIfSo(String place) {
      if (failing.equals(place)) {
        failure.ifPresent(it -> {
          throw it;
        });
      }
    }

    @Override
    public Session open() {
      failIfSo("");
      return new Session() {
        @Override
        public String process() {
          return "process " + process;
        }

        @Override
        public List<Server> servers(String backend) {
          failIfSo(backend);
          return backend(backend).servers();
        }

        @Override
        public boolean apply(String backend, Step step) {
          if (step.key().instanceId().equals(refused)) {
            throw new LoadBalancerException(Kind.STEP_REFUSED, "refused " + refused);
          }
          return backend(backend).take(step);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public String words(String backend, Step step) {
      return step.toString();
    }
  }
}
