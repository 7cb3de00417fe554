package dev.rollcall.chaos.simulation;

import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.instance.InstanceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Everybody who uses the cluster. */
final class Load {
  private static final int CLIENTS = 12;
  private static final int FLEETS = 3;
  private static final int KEYHOLDERS = 2;
  private static final int LOCKERS = 3;
  private static final int SPARED_EVERY = 8;

  private final List<SimClient> clients = new ArrayList<>();
  private final List<SimFleet> fleets = new ArrayList<>();

  private final SimSteward steward;
  private final List<SimKeyholder> keyholders = new ArrayList<>();
  private final List<SimLocker> lockers = new ArrayList<>();

  /**
   * @param seed of the run: fleets draw from random numbers of their own, so that what the others
   *     do is what it was without them
   */
  Load(SimCluster cluster, RandomGenerator random, long seed) {
    for (int number = 0; number < CLIENTS; number++) {
      clients.add(new SimClient(cluster, random, number));
    }
    RandomGenerator ofFleets = new SplittableRandom(seed * 31 + 11);
    for (int number = CLIENTS; number < CLIENTS + FLEETS; number++) {
      fleets.add(new SimFleet(cluster, ofFleets, number));
    }
    var instances = new ArrayList<InstanceKey>();
    clients.forEach(client -> instances.add(client.key()));
    fleets.forEach(fleet -> instances.addAll(fleet.keys()));
    steward = new SimSteward(cluster, ofFleets, CLIENTS + FLEETS, instances);
    RandomGenerator ofKeys = new SplittableRandom(seed * 31 + 17);
    for (int number = 0; number < KEYHOLDERS; number++) {
      keyholders.add(new SimKeyholder(cluster, ofKeys, CLIENTS + FLEETS + 1 + number));
    }
    for (int number = 0; number < LOCKERS; number++) {
      lockers.add(new SimLocker(cluster, ofKeys, CLIENTS + FLEETS + 1 + KEYHOLDERS + number));
    }
  }

  void start() {
    clients.forEach(SimClient::start);
    fleets.forEach(SimFleet::start);
    steward.start();
    keyholders.forEach(SimKeyholder::start);
    lockers.forEach(SimLocker::start);
  }

  /** As many operations show that somebody answers. */
  long someOperations() {
    return 2L * CLIENTS;
  }

  /** Nobody begins anything new; what is registered stays alive. */
  void rest() {
    clients.forEach(SimClient::rest);
    fleets.forEach(SimFleet::rest);
    steward.rest();
    keyholders.forEach(SimKeyholder::rest);
    lockers.forEach(SimLocker::rest);
  }

  /** Ends a {@link #rest}. */
  void goOn() {
    clients.forEach(SimClient::goOn);
    fleets.forEach(SimFleet::goOn);
    steward.goOn();
    keyholders.forEach(SimKeyholder::goOn);
    lockers.forEach(SimLocker::goOn);
  }

  /** At rest: no floor keeps anybody any more. */
  void takeBackSpecs() {
    steward.takeBackSpecs();
  }

  /** Nobody keeps anything alive. */
  void fallSilent() {
    clients.forEach(SimClient::fallSilent);
    fleets.forEach(SimFleet::fallSilent);
    keyholders.forEach(SimKeyholder::fallSilent);
  }

  /** Most of them are not heard for a while; how many. */
  int mute(RandomGenerator random, long nanos) {
    int muted = 0;
    for (SimClient client : clients) {
      if (random.nextInt(SPARED_EVERY) > 0) {
        client.mute(nanos);
        muted++;
      }
    }
    for (SimFleet fleet : fleets) {
      fleet.mute(nanos);
      muted++;
    }
    return muted;
  }

  /** At rest: what they believe to be registered is. */
  void requireKept(RegistryStore store) {
    for (SimClient client : clients) {
      client.believes().ifPresent(incarnation -> require(store, client.key(), incarnation));
    }
    for (SimFleet fleet : fleets) {
      fleet.believes().forEach((key, incarnation) -> require(store, key, incarnation));
    }
  }

  private static void require(RegistryStore store, InstanceKey key, long incarnation) {
    var registered = store.instance(key);
    if (registered.isEmpty() || registered.get().instance().incarnation() != incarnation) {
      throw new Invariant.Broken(
          "AcknowledgedIsKept", key + " believes in " + incarnation + ", found " + registered);
    }
  }
}
