package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.server.replication.Consistency;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.LoadBalancing;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSpec;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Whoever runs what others have registered: drains instances and takes that back, overrides what
 * they say, for a while or for ever, whether they are there or not, lays down what holds for
 * services, and changes instances on the condition that nobody else has since. One operation at a
 * time, each asked once.
 */
final class SimSteward {
  private static final long WHATEVER_IS_LIVE = 0;
  private static final long AGAIN_NANOS = 200 * MILLISECOND;
  private static final int FLOOR_MAX = 3;
  private static final int WEIGHT_FIRST = 10_000;

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final Calls calls;
  private final List<InstanceKey> instances;

  /** Those of which it may have laid something down. */
  private final Set<ServiceKey> services = new TreeSet<>();

  private int weight = WEIGHT_FIRST;
  private long specRevision;
  private boolean isResting;
  private boolean isIdle;

  /**
   * @param instances that may be there
   */
  SimSteward(SimCluster cluster, RandomGenerator random, int number, List<InstanceKey> instances) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
    this.calls = new Calls(cluster, random, number);
    this.instances = List.copyOf(instances);
  }

  void start() {
    think();
  }

  /** Begins nothing new. */
  void rest() {
    isResting = true;
  }

  /** Ends a {@link #rest}. */
  void goOn() {
    isResting = false;
    if (isIdle) {
      isIdle = false;
      think();
    }
  }

  /** At rest: takes back what it has laid down, so that no floor keeps anybody. */
  void takeBackSpecs() {
    List.copyOf(services).forEach(this::takeBackSpec);
    services.clear();
  }

  private void takeBackSpec(ServiceKey service) {
    calls.write(
        Request.of(new Command.DeleteServiceSpec(service, OptionalLong.empty())),
        answer -> {
          if (answer.isEmpty()) {
            time.after(AGAIN_NANOS, () -> takeBackSpec(service));
          }
        });
  }

  private void think() {
    time.after(random.nextLong(50, 300) * MILLISECOND, this::act);
  }

  private void act() {
    if (isResting) {
      isIdle = true;
      return;
    }
    InstanceKey key = instances.get(random.nextInt(instances.size()));
    switch (random.nextInt(10)) {
      case 0, 1 -> ask(drainOrNot(key));
      case 2, 3 -> {
        long ttlMillis = random.nextInt(3) == 0 ? 0 : random.nextLong(1_000, 6_000);
        ask(new Command.SetOverride(key, status(), "steward", "because", ttlMillis));
      }
      case 4 -> ask(new Command.ClearOverride(key));
      case 7 -> ask(new Command.ReleaseGuard(key.service().foldedNamespace(), "steward"));
      case 5, 6 -> ask(spec(key.service()));
      default -> compareAndSet(key);
    }
  }

  private Command drainOrNot(InstanceKey key) {
    return switch (random.nextInt(4)) {
      case 0 -> new Command.SetLifecycle(key, WHATEVER_IS_LIVE, Lifecycle.ACTIVE, 0);
      case 1 -> new Command.SetLifecycle(key, WHATEVER_IS_LIVE, Lifecycle.TERMINATING, 0);
      default ->
          new Command.SetLifecycle(
              key, WHATEVER_IS_LIVE, Lifecycle.DRAINING, random.nextLong(1_000, 4_000));
    };
  }

  /** Expects what it saw last, of whatever service: right at times. */
  private Command spec(ServiceKey service) {
    OptionalLong expected =
        random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(specRevision);
    if (random.nextInt(4) == 0) {
      return new Command.DeleteServiceSpec(service, expected);
    }
    var subsets = new TreeMap<String, String>();
    subsets.put("heavy", "weight > " + random.nextInt(3));
    Filter.parse(subsets.get("heavy"));
    var content =
        new ServiceSpec(
            service,
            new TreeMap<>(),
            1_000 * random.nextLong(4),
            random.nextInt(FLOOR_MAX + 1),
            LoadBalancing.RANDOM,
            subsets);
    services.add(service);
    return new Command.PutServiceSpec(content, expected);
  }

  /** Reads, and changes what it has seen if nobody else has meanwhile. */
  private void compareAndSet(InstanceKey key) {
    calls.read(
        key.service(),
        new Consistency.Any(),
        answer -> {
          var seen = answer.map(showed -> showed.instances().get(key.instanceId()));
          if (seen.isEmpty()) {
            think();
            return;
          }
          ask(
              new Command.Update(
                  key,
                  WHATEVER_IS_LIVE,
                  seen.get().modRevision(),
                  Optional.of(status()),
                  OptionalInt.of(++weight),
                  Optional.empty(),
                  Optional.empty()));
        });
  }

  private void ask(Command command) {
    calls.write(
        Request.of(command),
        answer -> {
          answer.ifPresent(outcome -> told(command, outcome));
          think();
        });
  }

  private void told(Command command, Outcome outcome) {
    var totals = cluster.world().totals();
    switch (outcome) {
      case Outcome.OverrideSet set -> totals.overridesSet++;
      case Outcome.SpecPut(long revision, var spec) -> {
        totals.specsPut++;
        specRevision = spec.modRevision();
      }
      case Outcome.GuardReleased released -> totals.guardsReleased++;
      case Outcome.SpecDeleted deleted -> specRevision = 0;
      case Outcome.RevisionMismatch mismatch -> totals.mismatches++;
      case Outcome.Updated updated when command instanceof Command.Update ->
          totals.comparedAndSet++;
      case Outcome.Updated updated -> totals.lifecyclesSet++;
      default -> {}
    }
  }

  private Status status() {
    return random.nextBoolean() ? Status.UP : Status.OUT_OF_SERVICE;
  }
}
