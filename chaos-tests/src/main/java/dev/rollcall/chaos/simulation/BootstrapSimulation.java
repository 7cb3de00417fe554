package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.SimNetwork.Weather;
import dev.rollcall.raft.bootstrap.Admission;
import dev.rollcall.raft.bootstrap.BootstrapConfig;
import dev.rollcall.raft.bootstrap.ClusterIdentity;
import dev.rollcall.raft.bootstrap.Founded;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Some seconds in which nodes with nothing on their disks start for the first time, on a network
 * and on disks that one seed decides: at different times, dying in the middle, emptied and back,
 * with lists that two operators wrote. Then peace, in which one operator does what the nodes'
 * refusals ask for, and one more node is let in. {@link FoundingRules} hold throughout.
 */
final class BootstrapSimulation {
  private static final long CHAOS_NANOS = 12 * SECOND;
  private static final long PEACE_NANOS = 12 * SECOND;
  private static final int NODES_MAX = 5;
  private static final int JOINER = NODES_MAX;

  private final VirtualTime time = new VirtualTime();
  private final RandomGenerator random;
  private final SimNetwork network;
  private final FoundingRules rules = new FoundingRules();
  private final List<FoundingMachine> machines = new ArrayList<>();
  private final List<String> everybody;
  private final List<String> ofTheOther;
  private final Set<String> emptied = new HashSet<>();

  /** Whether nothing happens that may leave a node without a place. */
  private final boolean isHarmless;

  private boolean isPeace;

  private BootstrapSimulation(long seed) {
    random = new SplittableRandom(seed);
    var style = new SimNetwork.Style(false, 1000, 0);
    network = new SimNetwork(time, new SplittableRandom(random.nextLong()), style, NODES_MAX + 1);
    int nodes = random.nextInt(8) == 0 ? 1 : 1 + random.nextInt(NODES_MAX);
    isHarmless = random.nextInt(3) == 0;
    everybody = addresses(nodes);
    ofTheOther = addresses(isHarmless ? nodes : random.nextInt(Math.min(2, nodes), nodes + 1));
    for (int number = 0; number < nodes; number++) {
      machines.add(
          new FoundingMachine(
              this,
              new SplittableRandom(random.nextLong()),
              number,
              config(number, listOf(number))));
    }
  }

  /**
   * Runs a seed.
   *
   * @return how many nodes came to serve
   * @throws Invariant.Broken when a rule does not hold
   */
  static int run(long seed) {
    var simulation = new BootstrapSimulation(seed);
    simulation.run();
    return simulation.rules.serving();
  }

  VirtualTime time() {
    return time;
  }

  FoundingRules rules() {
    return rules;
  }

  /** A machine's directory belongs somewhere from now on. */
  void founded() {
    rules.requireOneCluster(machines);
  }

  /** Carries a question and its answer, either of which may be lost. */
  void ask(FoundingMachine from, String address, Introduction self, Consumer<Introduction> heard) {
    machines.stream()
        .filter(machine -> address(machine.number()).equals(address))
        .forEach(to ->
            network.sendOnce(
                from.number(),
                to.number(),
                () ->
                    to.introduce(self)
                        .ifPresent(answer ->
                            network.sendOnce(
                                to.number(), from.number(), () -> heard.accept(answer)))));
  }

  private void run() {
    for (FoundingMachine machine : machines) {
      time.after(random.nextLong(3 * SECOND), machine::start);
    }
    plan();
    runUntil(CHAOS_NANOS);
    isPeace = true;
    makePeace();
    runUntil(CHAOS_NANOS + PEACE_NANOS);
    boolean isFounded = machines.stream().anyMatch(machine -> machine.belongs().isPresent());
    if (!isFounded) {
      requireNotHarmless();
      machines.forEach(FoundingMachine::wipe);
      startAll(everybody);
      runUntil(CHAOS_NANOS + 2 * PEACE_NANOS);
    }
    requireFounded();
    letIn();
  }

  private void plan() {
    time.after(
        random.nextLong(20, 900) * MILLISECOND,
        () -> {
          if (!isPeace) {
            act();
            plan();
          }
        });
  }

  private void act() {
    FoundingMachine machine = machines.get(random.nextInt(machines.size()));
    switch (random.nextInt(10)) {
      case 0, 1 -> crash(machine);
      case 2, 3 -> machine.endPowerAfter(random.nextInt(9), false);
      case 4, 5 -> machine.endPowerAfter(random.nextInt(9), true);
      case 6 -> {
        if (!isHarmless && random.nextInt(3) == 0 && mayBeEmptied(machine)) {
          emptied.add(address(machine.number()));
          machine.wipe();
        }
      }
      case 7 -> {
        if (!isHarmless && random.nextInt(4) == 0) {
          machine.wipeLog();
        }
      }
      case 8 -> cut();
      default -> storm();
    }
    startLater(machine);
  }

  /**
   * Where all that one list names are emptied, and somebody is left whom it does not name, no
   * protocol can know of that one: it would be another cluster, as two operators want it.
   */
  private boolean mayBeEmptied(FoundingMachine machine) {
    var empty = new HashSet<>(emptied);
    empty.add(address(machine.number()));
    return ofTheOther.size() == everybody.size() || !empty.containsAll(ofTheOther);
  }

  private void crash(FoundingMachine machine) {
    machine.crash(random.nextBoolean() ? Loss.EVERYTHING : Loss.SOME);
  }

  /** Whoever is down is started, some by the one operator and some by the other. */
  private void startLater(FoundingMachine machine) {
    time.after(
        random.nextLong(1500) * MILLISECOND,
        () -> {
          if (!isPeace && !machine.isUp()) {
            machine.configure(config(machine.number(), listOf(machine.number())));
            machine.start();
          }
        });
  }

  private void cut() {
    int one = random.nextInt(machines.size());
    int other = random.nextInt(machines.size());
    network.cut(one, other);
    time.after(random.nextLong(3000) * MILLISECOND, network::heal);
  }

  private void storm() {
    long delayMax = random.nextLong(1, 1200) * MILLISECOND;
    network.weather(new Weather(random.nextDouble() / 2, 0, MILLISECOND, delayMax));
    time.after(random.nextLong(3000) * MILLISECOND, () -> network.weather(Weather.FAIR));
  }

  private void makePeace() {
    network.heal();
    network.weather(Weather.FAIR);
    machines.forEach(FoundingMachine::mend);
    for (FoundingMachine machine : machines) {
      // The list that a directory is bound to, as its node would say.
      List<String> agreed =
          machine
              .introduction()
              .map(said -> said.agreed().stream().map(Member::peerAddress).toList())
              .orElse(List.of());
      crash(machine);
      machine.configure(config(machine.number(), agreed.isEmpty() ? everybody : agreed));
      machine.start();
    }
  }

  private void startAll(List<String> listed) {
    for (FoundingMachine machine : machines) {
      machine.configure(config(machine.number(), listed));
      machine.start();
    }
  }

  private void requireNotHarmless() {
    if (isHarmless) {
      throw new Invariant.Broken("ComesIntoLife", "nothing was lost, and nothing is founded");
    }
  }

  /** Whoever is a founder of what is founded, on its own disks, serves. */
  private void requireFounded() {
    Optional<Founded> first =
        machines.stream().flatMap(machine -> machine.belongs().stream()).findFirst();
    if (first.isEmpty()) {
      throw new Invariant.Broken("ComesIntoLife", "empty disks, peace, and nothing is founded");
    }
    Configuration founders =
        first.get().log().restored(0).configurations().getFirst().configuration();
    for (FoundingMachine machine : machines) {
      boolean isFounder = machine.nodeId().flatMap(founders::member).isPresent();
      boolean isMissing = isHarmless && !machine.isUp();
      if (isMissing || (isFounder && !machine.isFounded())) {
        throw new Invariant.Broken(
            "ComesIntoLife",
            "node " + machine.number() + " is a founder and does not serve: " + machine.refusal());
      }
    }
  }

  /** One more node waits at the address of one that serves, and a leader tells it so, for long. */
  private void letIn() {
    Optional<FoundingMachine> host =
        machines.stream().filter(FoundingMachine::isFounded).findFirst();
    if (host.isEmpty()) {
      return;
    }
    var config =
        BootstrapConfig.joining(
            address(JOINER), "client", address(host.get().number()), FoundingMachine.log());
    var joiner = new FoundingMachine(this, new SplittableRandom(random.nextLong()), JOINER, config);
    machines.add(joiner);
    joiner.start();
    long end = time.nowNanos() + PEACE_NANOS;
    for (long at = time.nowNanos(); at < end; at += 200 * MILLISECOND) {
      time.after(at - time.nowNanos(), () -> tell(host.get(), joiner));
      if (at < end - PEACE_NANOS / 2 && random.nextInt(4) == 0) {
        time.after(at - time.nowNanos(), () -> botherJoiner(joiner));
      }
    }
    runUntil(end);
    if (!joiner.isFounded()) {
      throw new Invariant.Broken("ComesIntoLife", "told to be let in, and does not serve");
    }
  }

  private void botherJoiner(FoundingMachine joiner) {
    switch (random.nextInt(3)) {
      case 0 -> crash(joiner);
      case 1 -> joiner.endPowerAfter(random.nextInt(9), random.nextBoolean());
      default -> storm();
    }
  }

  private void tell(FoundingMachine host, FoundingMachine joiner) {
    joiner.mend();
    joiner.start();
    if (host.belongs().isEmpty() || joiner.nodeId().isEmpty()) {
      return;
    }
    var identity = host.belongs().get().identity();
    boolean isSlip = random.nextInt(10) == 0;
    var cluster =
        isSlip
            ? new ClusterIdentity(new ClusterId(9, 9), new HistoryId(9, 9))
            : new ClusterIdentity(identity.clusterId(), identity.historyId());
    NodeId addressee = random.nextInt(10) == 0 ? new NodeId(9, 9) : joiner.nodeId().get();
    var learner = new Member(addressee, address(JOINER), "client");
    var founders = host.belongs().get().log().restored(0).configurations().getLast();
    var configuration =
        new Configuration(founders.configuration().voters(), List.of(), List.of(learner));
    var admission = new Admission(addressee, cluster, configuration);
    network.sendOnce(host.number(), joiner.number(), () -> joiner.admit(admission));
  }

  private void runUntil(long nanos) {
    boolean isMore = true;
    while (isMore) {
      isMore = time.runNext(nanos);
    }
  }

  private List<String> listOf(int number) {
    boolean isOfTheOther = ofTheOther.contains(address(number)) && random.nextBoolean();
    return isOfTheOther ? ofTheOther : everybody;
  }

  private static BootstrapConfig config(int number, List<String> listed) {
    return BootstrapConfig.founding(
        address(number), "client-" + number, listed, FoundingMachine.log());
  }

  private static List<String> addresses(int nodes) {
    var addresses = new ArrayList<String>();
    for (int number = 0; number < nodes; number++) {
      addresses.add(address(number));
    }
    return addresses;
  }

  private static String address(int number) {
    return "node-" + number + ":7401";
  }
}
