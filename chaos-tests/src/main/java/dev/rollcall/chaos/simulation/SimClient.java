package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * An application with one instance: registers it, keeps it alive, changes it, lets it lapse,
 * removes it, and reads services, through whichever node it likes; one operation at a time,
 * keepalives beside. Some renew so late that their leases end now and then. What it learns it tells
 * the world.
 */
final class SimClient {
  static final int SERVICES = 3;

  /** One client in so many renews about when its lease ends. */
  private static final int LAZY = 4;

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final Calls calls;
  private final InstanceKey key;
  private final boolean isLazy;

  private long incarnation;
  private long ttlMillis;
  private int weight = Instance.WEIGHT_DEFAULT;

  /** Lease of the registration believed in; 0 when there is none. */
  private long leaseId;

  /** Start of the registration or removal whose outcome is not known yet. */
  private long openSinceNanos;

  /** Start of the last registration or keepalive of it that was acknowledged. */
  private long acknowledgedNanos;

  private boolean isSilent;
  private boolean isResting;
  private boolean isIdle;
  private long mutedUntilNanos;
  private long revisionSeen;

  SimClient(SimCluster cluster, RandomGenerator random, int number) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
    this.calls = new Calls(cluster, random, number);
    this.key = new InstanceKey(serviceOf(number), "client-" + number);
    this.isLazy = number % LAZY == LAZY - 1;
  }

  static ServiceKey serviceOf(int number) {
    return new ServiceKey("simulation", "service-" + number % SERVICES);
  }

  void start() {
    think();
  }

  /** Begins nothing new; the instance it has stays alive. */
  void rest() {
    isResting = true;
    isSilent = false;
  }

  /** Ends a {@link #rest}. */
  void goOn() {
    isResting = false;
    if (isIdle) {
      isIdle = false;
      think();
    }
  }

  /** Stops keeping its instance alive. */
  void fallSilent() {
    isSilent = true;
  }

  /**
   * Whether it believes, at rest, that its instance is registered, and with which incarnation: for
   * 0.8 of the TTL after what was acknowledged last began, as the shipped client does.
   */
  Optional<Long> believes() {
    long agedNanos = time.nowNanos() - acknowledgedNanos;
    boolean isFresh = agedNanos < ttlMillis * MILLISECOND / 5 * 4;
    return leaseId != 0 && openSinceNanos == 0 && isFresh
        ? Optional.of(incarnation)
        : Optional.empty();
  }

  InstanceKey key() {
    return key;
  }

  /** It does nothing for a while, nor does it keep alive what it has; unless it is to rest. */
  void mute(long nanos) {
    mutedUntilNanos = time.nowNanos() + nanos;
  }

  private boolean isMuted() {
    return !isResting && time.nowNanos() < mutedUntilNanos;
  }

  private void think() {
    time.after(random.nextLong(5, 80) * MILLISECOND, this::act);
  }

  private void act() {
    if (isMuted()) {
      think();
      return;
    }
    if (isResting) {
      isIdle = true;
      return;
    }
    if (leaseId == 0) {
      beginRegistration();
      return;
    }
    switch (random.nextInt(20)) {
      case 0 -> {
        openSinceNanos = time.nowNanos();
        deregister();
      }
      case 1, 2 -> update();
      case 3 -> beginRegistration(); // a new life over the old one
      case 4 -> {
        isSilent = random.nextInt(3) == 0;
        think();
      }
      default -> read();
    }
  }

  private void beginRegistration() {
    incarnation++;
    ttlMillis = 1000 * random.nextLong(1, 4);
    openSinceNanos = time.nowNanos();
    isSilent = false;
    register();
  }

  private void register() {
    var command = new Command.Register(List.of(instance()), new Command.Keeper.NewLease(ttlMillis));
    calls.write(
        Request.of(command),
        answer -> {
          if (answer.isEmpty()) {
            again(this::register); // unknown or not executed: the incarnation makes it safe
            return;
          }
          revisionSeen = Math.max(revisionSeen, answer.get().revision());
          switch (answer.get()) {
            case Outcome.Registered done -> {
              cluster
                  .world()
                  .see(new RenewalAcknowledged(openSinceNanos, done.leaseId(), done.ttlMillis()));
              leaseId = done.leaseId();
              acknowledgedNanos = openSinceNanos;
              openSinceNanos = 0;
              cluster.world().totals().registrations++;
              keepAlive(done.leaseId());
              think();
            }
            case Outcome.StaleIncarnation stale -> {
              // It lived and went while we did not hear of it.
              leaseId = 0;
              openSinceNanos = 0;
              incarnation = stale.incarnation();
              think();
            }
            default -> throw new IllegalStateException("register answered " + answer.get());
          }
        });
  }

  private void deregister() {
    calls.write(
        Request.of(new Command.Deregister(key, incarnation)),
        answer -> {
          if (answer.isEmpty()) {
            again(this::deregister);
            return;
          }
          revisionSeen = Math.max(revisionSeen, answer.get().revision());
          leaseId = 0;
          openSinceNanos = 0;
          think();
        });
  }

  /** Each with another weight, so that it is known again; but now and then one without a wish. */
  private void update() {
    boolean isIdle = random.nextInt(8) == 0;
    var command =
        new Command.Update(
            key,
            incarnation,
            0,
            isIdle
                ? Optional.empty()
                : Optional.of(random.nextBoolean() ? Status.UP : Status.OUT_OF_SERVICE),
            isIdle ? OptionalInt.empty() : OptionalInt.of(++weight),
            Optional.empty(),
            Optional.empty());
    calls.write(
        Request.of(command),
        answer -> {
          answer.ifPresent(outcome -> revisionSeen = Math.max(revisionSeen, outcome.revision()));
          think();
        });
  }

  private void read() {
    ServiceKey service = serviceOf(random.nextInt(SERVICES));
    Consistency level =
        switch (random.nextInt(6)) {
          case 0 -> new Consistency.Any();
          case 1 -> new Consistency.MinRevision(revisionSeen);
          default -> new Consistency.Linearizable();
        };
    long floor = revisionSeen;
    calls.read(
        service,
        level,
        answer -> {
          answer.ifPresent(content -> {
            if (level instanceof Consistency.MinRevision && content.revision() < floor) {
              throw new IllegalStateException(
                  "asked for revision " + floor + ", got " + content.revision());
            }
            revisionSeen = Math.max(revisionSeen, content.revision());
            cluster.world().totals().reads++;
          });
          think();
        });
  }

  /** Renews as long as this lease is the one believed in. */
  private void keepAlive(long lease) {
    if (lease != leaseId) {
      return;
    }
    time.after(
        renewalNanos(),
        () -> {
          if (lease != leaseId) {
            return;
          }
          if (!isSilent && !isMuted()) {
            renew(lease);
          }
          keepAlive(lease);
        });
  }

  /**
   * Of a lazy client, around the moment at which the leader finds that its lease is over: what
   * arrives while the end is under way must not be told that the lease lives.
   */
  private long renewalNanos() {
    return isLazy && !isResting
        ? (ttlMillis + random.nextLong(-50, 200)) * MILLISECOND
        : ttlMillis * MILLISECOND / 3;
  }

  private void renew(long lease) {
    long start = time.nowNanos();
    calls.renew(
        lease,
        answer -> {
          if (answer.isEmpty()) {
            return;
          }
          cluster.world().totals().renewals++;
          if (answer.get() > 0) {
            if (lease == leaseId) {
              acknowledgedNanos = Math.max(acknowledgedNanos, start);
            }
            cluster.world().see(new RenewalAcknowledged(start, lease, answer.get()));
          } else if (lease == leaseId && openSinceNanos == 0) {
            leaseId = 0; // gone: the next action registers anew
          }
        });
  }

  private void again(Runnable operation) {
    time.after(random.nextLong(10, 300) * MILLISECOND, operation);
  }

  private Instance instance() {
    var endpoints = new ArrayList<Endpoint>();
    endpoints.add(new Endpoint("http", "http", "10.0.0.1", 8080, false));
    return new Instance(
        key,
        incarnation,
        endpoints,
        Locality.UNKNOWN,
        Instance.WEIGHT_DEFAULT,
        "1.0",
        List.of(),
        new TreeMap<>(),
        Status.UP);
  }
}
