package dev.rollcall.client.balance;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.cache.ServiceCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the instances of a service in turn: those that are UP, have a weight above 0 and a suitable
 * endpoint. An instance that was reported to fail is passed over for a short time, so that callers
 * turn to others before its lease ends; each further failure doubles that time, a success or a new
 * life of the instance ends it. When all have failed lately, all take turns again: a guess is
 * better than nothing. Any thread; choosing takes no lock.
 */
public final class RoundRobin {
  /** How often the time for which an instance is passed over may double. */
  private static final int DOUBLINGS_MAX = 4;

  private final Supplier<List<ServiceInstance>> instances;
  private final Predicate<Endpoint> isSuitable;
  private final Duration cooldown;
  private final LongSupplier nanoTime;
  private final AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt());
  private final Map<Life, Failures> failing = new ConcurrentHashMap<>();
  private volatile @Nullable Candidates candidates;

  private RoundRobin(Builder builder) {
    this.instances = builder.instances;
    this.isSuitable = builder.isSuitable;
    this.cooldown = builder.cooldown;
    this.nanoTime = builder.nanoTime;
  }

  /** Over what a cache knows, also while it is degraded. */
  public static Builder over(ServiceCache cache) {
    return new Builder(cache::instances);
  }

  /** Over any list of instances; cheapest when an unchanged list is the same object. */
  public static Builder over(Supplier<List<ServiceInstance>> instances) {
    return new Builder(instances);
  }

  /** The next one, or empty when none is suitable. */
  public Optional<Choice> choose() {
    List<Choice> choices = candidates().choices;
    int count = choices.size();
    if (count == 0) {
      return Optional.empty();
    }
    int first = Math.floorMod(turn.getAndIncrement(), count);
    if (failing.isEmpty()) {
      return Optional.of(choices.get(first));
    }
    long now = nanoTime.getAsLong();
    for (int i = 0; i < count; i++) {
      Choice choice = choices.get((first + i) % count);
      if (!isPassedOver(choice.instance(), now)) {
        if (i > 0) {
          // The turns of those passed over are spread, rather than all given to the one after them.
          turn.addAndGet(i);
        }
        return Optional.of(choice);
      }
    }
    return Optional.of(choices.get(first));
  }

  /** A call to this choice failed in a way that another instance might not. */
  public void reportFailure(Choice choice) {
    reportFailure(choice.instance());
  }

  /** A call to this instance failed in a way that another instance might not. */
  public void reportFailure(ServiceInstance instance) {
    long now = nanoTime.getAsLong();
    failing.compute(
        Life.of(instance),
        (life, before) -> {
          if (before != null && now - before.untilNanos < 0) {
            return before; // calls that were under way when the first one failed
          }
          int doublings = before == null ? 0 : Math.min(before.doublings + 1, DOUBLINGS_MAX);
          return new Failures(now + (cooldown.toNanos() << doublings), doublings);
        });
  }

  /** A call to this choice went well. Optional; ends what failures before it began. */
  public void reportSuccess(Choice choice) {
    if (!failing.isEmpty()) {
      failing.remove(Life.of(choice.instance()));
    }
  }

  private boolean isPassedOver(ServiceInstance instance, long now) {
    Failures failures = failing.get(Life.of(instance));
    return failures != null && now - failures.untilNanos < 0;
  }

  private Candidates candidates() {
    List<ServiceInstance> from = instances.get();
    Candidates known = candidates;
    if (known != null && known.from.equals(from)) {
      return known;
    }
    var choices = new ArrayList<Choice>();
    for (ServiceInstance instance : from) {
      if (instance.effectiveStatus() == InstanceStatus.UP && instance.weight() > 0) {
        instance.endpoints().stream()
            .filter(isSuitable)
            .findFirst()
            .ifPresent(endpoint -> choices.add(new Choice(instance, endpoint)));
      }
    }
    failing
        .keySet()
        .removeIf(life -> from.stream().noneMatch(instance -> Life.of(instance).equals(life)));
    var made = new Candidates(from, List.copyOf(choices));
    candidates = made;
    return made;
  }

  /** What was made of a list of instances. */
  private record Candidates(List<ServiceInstance> from, List<Choice> choices) {}

  /** One life of an instance: failures do not outlive it. */
  private record Life(String id, long incarnation) {
    static Life of(ServiceInstance instance) {
      return new Life(instance.id(), instance.registered().incarnation());
    }
  }

  /** How an instance failed lately. */
  private record Failures(long untilNanos, int doublings) {}

  /** Says how to choose. Not safe for several threads. */
  public static final class Builder {
    private final Supplier<List<ServiceInstance>> instances;
    private Predicate<Endpoint> isSuitable = endpoint -> true;
    private Duration cooldown = Duration.ofSeconds(2);
    private LongSupplier nanoTime = System::nanoTime;

    private Builder(Supplier<List<ServiceInstance>> instances) {
      this.instances = instances;
    }

    /** Only endpoints of that name; by default the first suitable one of each instance. */
    public Builder endpointName(String name) {
      isSuitable = isSuitable.and(endpoint -> endpoint.name().equals(name));
      return this;
    }

    /** Only endpoints where that is spoken. */
    public Builder protocol(String protocol) {
      isSuitable = isSuitable.and(endpoint -> endpoint.protocol().equals(protocol));
      return this;
    }

    /**
     * How long an instance is passed over after its first failure; by default 2 s, and up to 16
     * times as long after more. Trade: failed attempts against idle instances.
     */
    public Builder cooldown(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("cooldown must not be negative: " + value);
      }
      cooldown = value;
      return this;
    }

    /** Where time comes from; for tests. */
    public Builder nanoTime(LongSupplier value) {
      nanoTime = value;
      return this;
    }

    /** Makes the balancer. */
    public RoundRobin build() {
      return new RoundRobin(this);
    }
  }
}
