package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.store.Command;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * An application of several instances in a service of its own: registers some at once under one
 * lease, granted or made with them; changes them in a session, asking again under the same sequence
 * until it is told; removes one, or ends the lease; falls silent. Now and then it asks for what
 * must be refused. One operation at a time, keepalives beside.
 */
final class SimFleet {
  private static final int INSTANCES = 4;

  private static final long WHATEVER_IS_LIVE = 0;

  /** No update comes so far. */
  private static final int WEIGHT_OF_NOBODY = 65_000;

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final Calls calls;
  private final ServiceKey service;

  /**
   * The last incarnation of each that was asked for, and the one that is registered; 0 for none.
   */
  private final long[] asked = new long[INSTANCES];

  private final long[] registered = new long[INSTANCES];
  private int weight = Instance.WEIGHT_DEFAULT;

  /** What registers, renews and is believed in; 0 for none. */
  private long leaseId;

  private boolean isGranted;
  private long ttlMillis;
  private long acknowledgedNanos;

  /** 0 before one is open. */
  private long sessionId;

  private long sequence;
  private long acknowledgedBelow;
  private boolean isSilent;
  private boolean isSilentAtOnce;
  private boolean isResting;
  private boolean isIdle;
  private long mutedUntilNanos;

  /**
   * @param number beyond those of all clients
   */
  SimFleet(SimCluster cluster, RandomGenerator random, int number) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
    this.calls = new Calls(cluster, random, number);
    this.service = new ServiceKey("simulation", "fleet-" + number);
  }

  void start() {
    think();
  }

  /** Begins nothing new; the instances it has stay alive. */
  void rest() {
    isResting = true;
    isSilentAtOnce = false;
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

  /** Stops keeping its instances alive. */
  void fallSilent() {
    isSilent = true;
  }

  /**
   * What it believes, at rest, to be registered, with which incarnations; nothing when it is not
   * sure, see {@link SimClient#believes}.
   */
  Map<InstanceKey, Long> believes() {
    long agedNanos = time.nowNanos() - acknowledgedNanos;
    var believed = new TreeMap<InstanceKey, Long>();
    if (leaseId != 0 && isIdle && agedNanos < ttlMillis * MILLISECOND / 5 * 4) {
      for (int place = 0; place < INSTANCES; place++) {
        if (registered[place] > 0) {
          believed.put(key(place), registered[place]);
        }
      }
    }
    return believed;
  }

  /** It does nothing for a while, nor does it keep alive what it has; unless it is to rest. */
  void mute(long nanos) {
    mutedUntilNanos = time.nowNanos() + nanos;
  }

  private boolean isMuted() {
    return !isResting && time.nowNanos() < mutedUntilNanos;
  }

  private void think() {
    time.after(random.nextLong(50, 300) * MILLISECOND, this::act);
  }

  private void act() {
    if (isMuted()) {
      think();
    } else if (isResting) {
      isIdle = true;
    } else if (sessionId == 0) {
      openSession();
    } else if (leaseId == 0) {
      begin();
    } else {
      actUnderLease();
    }
  }

  private void actUnderLease() {
    switch (random.nextInt(16)) {
      case 0 -> revoke(leaseId);
      case 1, 2, 3 -> register(some(), true);
      case 4 -> deregisterOne();
      case 5 -> registerInVain();
      case 6 -> {
        isSilent = random.nextInt(3) == 0;
        think();
      }
      case 7, 8, 9 -> read();
      default -> update();
    }
  }

  private void openSession() {
    calls.write(
        Request.of(new Command.OpenSession()),
        answer -> {
          if (answer.isPresent() && answer.get() instanceof Outcome.SessionOpened opened) {
            sessionId = opened.sessionId();
            sequence = 0;
            acknowledgedBelow = 0;
          }
          think();
        });
  }

  /** Half of the time with a lease that it has granted, else with one made by its registration. */
  private void begin() {
    ttlMillis = 1000 * random.nextLong(1, 4);
    isSilent = false;
    isGranted = random.nextBoolean();
    if (!isGranted) {
      register(some(), false);
      return;
    }
    long start = time.nowNanos();
    once(
        new Command.GrantLease(service.namespace(), ttlMillis),
        outcome -> {
          if (outcome instanceof Outcome.LeaseGranted granted) {
            cluster.world().totals().leasesGranted++;
            holds(granted.leaseId(), start, granted.ttlMillis());
          }
          think();
        });
  }

  /** Some of its instances, at least one, each with a new incarnation. */
  private List<Instance> some() {
    var places = new ArrayList<Integer>();
    for (int place = 0; place < INSTANCES; place++) {
      places.add(place);
    }
    Collections.shuffle(places, Random.from(random));
    var some = new ArrayList<Instance>();
    for (int place : places.subList(0, random.nextInt(1, INSTANCES + 1))) {
      asked[place]++;
      some.add(instance(place, asked[place], Instance.WEIGHT_DEFAULT));
    }
    return some;
  }

  private void register(List<Instance> instances, boolean underLease) {
    var keeper = underLease ? new Keeper.ExistingLease(leaseId) : new Keeper.NewLease(ttlMillis);
    register(new Command.Register(instances, keeper), time.nowNanos());
  }

  private void register(Command.Register command, long startNanos) {
    calls.write(
        Request.of(command),
        answer -> {
          if (answer.isEmpty()) {
            again(() -> register(command, time.nowNanos()));
            isSilentAtOnce = random.nextBoolean();
            return;
          }
          // Who was told late has the full TTL from then, also when it does nothing more.
          isSilent |= isSilentAtOnce;
          isSilentAtOnce = false;
          switch (answer.get()) {
            case Outcome.Registered done -> {
              cluster.world().totals().batchesRegistered += command.instances().size() > 1 ? 1 : 0;
              if (done.leaseId() != leaseId) {
                forget();
                holds(done.leaseId(), startNanos, done.ttlMillis());
              } else {
                lives(startNanos, done.ttlMillis());
              }
              command.instances().forEach(each -> registered[place(each)] = each.incarnation());
            }
            // The lease is gone, and all under it; or what was registered lived and went unheard.
            case Outcome.LeaseNotFound lease -> forget();
            case Outcome.StaleIncarnation stale -> forget();
            default -> throw new IllegalStateException(command + " answered " + answer.get());
          }
          think();
        });
  }

  /**
   * An incarnation that was used for something else, or one that is over; alone, or behind others
   * with which there is nothing wrong. Not where the registry may have forgotten that it is over.
   */
  private void registerInVain() {
    int place = random.nextInt(INSTANCES);
    long incarnation = registered[place] - random.nextInt(2);
    if (incarnation <= 0 || cluster.config().forgets()) {
      think();
      return;
    }
    var batch = new ArrayList<Instance>();
    int sound = random.nextInt(INSTANCES);
    if (sound != place) {
      asked[sound]++;
      batch.add(instance(sound, asked[sound], Instance.WEIGHT_DEFAULT));
    }
    batch.add(instance(place, incarnation, WEIGHT_OF_NOBODY));
    var keeper =
        random.nextBoolean() ? new Keeper.ExistingLease(leaseId) : new Keeper.NewLease(ttlMillis);
    calls.writeInVain(
        Request.of(new Command.Register(batch, keeper)),
        answer -> {
          if (answer.isPresent() && answer.get() instanceof Outcome.Registered done) {
            throw new IllegalStateException(batch + " was refused by nobody: " + done);
          }
          think();
        });
  }

  private void update() {
    int place = random.nextInt(INSTANCES);
    if (asked[place] == 0) {
      think();
      return;
    }
    var command =
        new Command.Update(
            key(place),
            meant(place),
            0,
            Optional.of(random.nextBoolean() ? Status.UP : Status.OUT_OF_SERVICE),
            OptionalInt.of(++weight),
            Optional.empty(),
            Optional.empty());
    once(command, outcome -> think());
  }

  /** Mostly the last life that it asked for; at times one that is over. */
  private long meant(int place) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> WHATEVER_IS_LIVE;
      case 2 -> Math.max(1, registered[place] - 1);
      default -> asked[place];
    };
  }

  private void deregisterOne() {
    int place = random.nextInt(INSTANCES);
    if (registered[place] > 1 && random.nextInt(3) == 0) {
      // An order that comes after the life that it was meant for.
      var late = new Command.Deregister(key(place), registered[place] - 1);
      calls.write(Request.of(late), answer -> think());
    } else if (registered[place] > 0) {
      deregister(place, registered[place]);
    } else {
      think();
    }
  }

  private void deregister(int place, long incarnation) {
    calls.write(
        Request.of(new Command.Deregister(key(place), incarnation)),
        answer -> {
          if (answer.isEmpty()) {
            again(() -> deregister(place, incarnation));
            return;
          }
          registered[place] = 0;
          if (!isGranted && !isAnyRegistered()) {
            forget(); // the lease has ended with its last instance
          }
          think();
        });
  }

  private void revoke(long lease) {
    calls.revoke(
        service,
        lease,
        answer -> {
          if (answer.isEmpty()) {
            again(() -> revoke(lease));
            return;
          }
          if (answer.get() instanceof Outcome.LeaseRevoked) {
            cluster.world().totals().leasesRevoked++;
          }
          forget();
          think();
        });
  }

  private void read() {
    calls.read(service, new Consistency.Linearizable(), answer -> think());
  }

  /** In the session, again under the same sequence until there is an answer. */
  private void once(Command command, Consumer<Outcome> done) {
    sequence++;
    var repeat = new Request.Repeat(sessionId, sequence, acknowledgedBelow);
    ask(new Request(command, Optional.of(repeat)), done, false);
  }

  private void ask(Request request, Consumer<Outcome> done, boolean isRepeat) {
    calls.write(
        request,
        answer -> {
          if (answer.isEmpty()) {
            again(() -> ask(request, done, true));
            return;
          }
          cluster.world().totals().requestsRepeated += isRepeat ? 1 : 0;
          switch (answer.get()) {
            case Outcome.SessionExpired expired -> sessionId = 0; // by a jump of the wall clock
            case Outcome.RequestTooOld old ->
                throw new IllegalStateException("forgotten before it was acknowledged: " + request);
            default -> {}
          }
          // Lazily: what is acknowledged late is kept meanwhile.
          if (random.nextInt(4) == 0) {
            acknowledgedBelow = request.repeat().orElseThrow().sequence();
          }
          done.accept(answer.get());
        });
  }

  private void holds(long lease, long startNanos, long ttl) {
    leaseId = lease;
    acknowledgedNanos = startNanos;
    lives(startNanos, ttl);
    keepAlive(lease);
  }

  /** Its lease was named to it as alive, by whatever it has asked for. */
  private void lives(long startNanos, long ttl) {
    acknowledgedNanos = Math.max(acknowledgedNanos, startNanos);
    cluster.world().see(new RenewalAcknowledged(startNanos, leaseId, ttl));
  }

  private void forget() {
    leaseId = 0;
    Arrays.fill(registered, 0);
  }

  private void keepAlive(long lease) {
    time.after(
        ttlMillis * MILLISECOND / 3,
        () -> {
          if (lease == leaseId) {
            if (!isSilent && !isMuted()) {
              renew(lease);
            }
            keepAlive(lease);
          }
        });
  }

  private void renew(long lease) {
    long start = time.nowNanos();
    calls.renew(
        lease,
        answer -> {
          if (answer.isEmpty()) {
            return;
          }
          if (answer.get() > 0) {
            acknowledgedNanos = Math.max(acknowledgedNanos, start);
            cluster.world().see(new RenewalAcknowledged(start, lease, answer.get()));
          } else if (lease == leaseId) {
            forget();
          }
        });
  }

  private void again(Runnable operation) {
    time.after(random.nextLong(10, 300) * MILLISECOND, operation);
  }

  private boolean isAnyRegistered() {
    for (long each : registered) {
      if (each > 0) {
        return true;
      }
    }
    return false;
  }

  /** All that it may register. */
  List<InstanceKey> keys() {
    return IntStream.range(0, INSTANCES).mapToObj(this::key).toList();
  }

  private InstanceKey key(int place) {
    return new InstanceKey(service, "i-" + place);
  }

  private static int place(Instance instance) {
    return Integer.parseInt(instance.key().instanceId().substring(2));
  }

  private Instance instance(int place, long incarnation, int itsWeight) {
    return new Instance(
        key(place),
        incarnation,
        List.of(new Endpoint("http", "http", "10.0.0.2", 8080, false)),
        Locality.UNKNOWN,
        itsWeight,
        "1.0",
        List.of(),
        new TreeMap<>(),
        Status.UP);
  }
}
