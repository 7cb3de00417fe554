package dev.rollcall.cli.lb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.testkit.Seeds;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** From any state to any other, also through a balancer that puts steps off and breaks off. */
class ReconcilerProperties {
  private static final int SEEDS = 3_000;

  @Test
  void theStepsLeadToWhatIsDesired() {
    Seeds.each(
        SEEDS,
        random -> {
          var backend = new FakeBackend(servers(random));
          DesiredServers desired = desired(random, backend.servers());
          backend.takeAll(Reconciler.steps(desired, backend.servers(), true));
          assertThat(backend.servers())
              .filteredOn(it -> !desired.unresolved().contains(it.key()))
              .containsExactlyInAnyOrderElementsOf(desired.servers());
          assertThat(Reconciler.steps(desired, backend.servers(), true)).isEmpty();
        });
  }

  @Test
  void whatIsUnresolvedStaysAsItIs() {
    Seeds.each(
        SEEDS,
        random -> {
          List<Server> shown = servers(random);
          DesiredServers desired = desired(random, shown);
          assertThat(Reconciler.steps(desired, shown, random.nextBoolean()))
              .noneMatch(step -> desired.unresolved().contains(step.key()));
        });
  }

  @Test
  void stepsThatWerePutOffAreTakenInTheEnd() {
    Seeds.each(
        SEEDS,
        random -> {
          var backend = new FakeBackend(servers(random));
          DesiredServers desired = desired(random, backend.servers());
          for (int look = 0; look < 20; look++) {
            List<Step> steps = Reconciler.steps(desired, backend.servers(), true);
            // Some are put off, and the conversation may break off anywhere.
            int upTo = look == 19 ? steps.size() : random.nextInt(steps.size() + 1);
            for (Step step : steps.subList(0, upTo)) {
              if (look == 19 || random.nextBoolean()) {
                backend.take(step);
              }
            }
          }
          backend.takeAll(Reconciler.steps(desired, backend.servers(), true));
          assertThat(Reconciler.steps(desired, backend.servers(), true)).isEmpty();
        });
  }

  @Test
  void aServiceThatMayBeOutOfDateNeverEmptiesABackend() {
    Seeds.each(
        SEEDS,
        random -> {
          var backend = new FakeBackend(servers(random));
          DesiredServers desired = desired(random, List.of());
          if (random.nextBoolean()) {
            desired = new DesiredServers(List.of(), Set.of(), List.of());
          }
          Set<ServerKey> before = backend.serving();
          for (Step step : Reconciler.steps(desired, backend.servers(), false)) {
            backend.take(step);
            assertThat(!before.isEmpty() && backend.serving().isEmpty()).isFalse();
          }
          boolean somebodyShouldServe = desired.servers().stream().anyMatch(Server::isServing);
          if (!somebodyShouldServe) {
            assertThat(backend.serving()).containsAll(before);
          }
        });
  }

  @Test
  void noStepLeavesLessThanBeforeAndAfter() {
    Seeds.each(
        SEEDS,
        random -> {
          var backend = new FakeBackend(servers(random));
          DesiredServers desired = desired(random, List.of());
          int before = backend.serving().size();
          int after = (int) desired.servers().stream().filter(Server::isServing).count();
          for (Step step : Reconciler.steps(desired, backend.servers(), true)) {
            backend.take(step);
            assertThat(backend.serving().size()).isGreaterThanOrEqualTo(Math.min(before, after));
          }
        });
  }

  @Test
  void onlyServersInMaintenanceAreRemoved() {
    Seeds.each(
        SEEDS,
        random -> {
          var backend = new FakeBackend(servers(random)); // which puts it off otherwise
          DesiredServers desired = desired(random, backend.servers());
          assertThat(Reconciler.steps(desired, backend.servers(), random.nextBoolean()))
              .allMatch(backend::take);
        });
  }

  private static DesiredServers desired(RandomGenerator random, List<Server> shown) {
    List<Server> wanted = servers(random);
    var unresolved = new HashSet<ServerKey>();
    for (Server server : shown) {
      if (random.nextInt(8) == 0) {
        unresolved.add(server.key());
      }
    }
    wanted.removeIf(it -> unresolved.contains(it.key()));
    return new DesiredServers(List.copyOf(wanted), unresolved, List.of());
  }

  /** Few keys, so that they meet. */
  private static List<Server> servers(RandomGenerator random) {
    var servers = new ArrayList<Server>();
    var keys = new HashSet<ServerKey>();
    for (int left = random.nextInt(7); left > 0; left--) {
      var key =
          new ServerKey("i-" + random.nextInt(4), random.nextInt(4) == 0, random.nextInt(4) == 0);
      if (keys.add(key)) {
        servers.add(
            new Server(
                key,
                address(random.nextInt(3)),
                8000 + random.nextInt(2),
                random.nextInt(4) * 50,
                Seeds.oneOf(random, Mode.values())));
      }
    }
    return servers;
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
