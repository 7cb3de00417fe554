package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * One run from one seed: a cluster under load and faults for a while, then peace, in which the
 * cluster must come back to life: elect, answer, converge to equal states, keep who keeps alive and
 * drop who does not.
 */
final class Simulation {
  private static final int CLIENTS = 12;
  private static final long PEACE_NANOS_MAX = 30 * SECOND;

  private final VirtualTime time = new VirtualTime();
  private final Totals totals = new Totals();
  private final EventHash hash;
  private final World world;
  private final SimCluster cluster;
  private final Nemesis nemesis;
  private final SimOperator operator;
  private final ConfigurationsOverlap configurations;
  private final List<SimClient> clients = new ArrayList<>();
  private final List<Invariant> invariants;
  private final LeaderChanges leaderChanges = new LeaderChanges();

  private Simulation(long seed, int chaosSeconds, boolean hashed) {
    RandomGenerator random = new SplittableRandom(seed);
    totals.seeds = 1;
    hash = new EventHash(hashed);
    world = new World(totals, hash);
    int size = random.nextInt(8) == 0 ? 5 : 3;
    cluster = new SimCluster(time, random, size, world);
    operator = new SimOperator(cluster, random);
    var schedule = FaultSchedule.draw(new SplittableRandom(~seed), chaosSeconds * SECOND);
    nemesis = new Nemesis(new Stage(time, cluster, operator), schedule, totals);
    for (int number = 0; number < CLIENTS; number++) {
      clients.add(new SimClient(cluster, random, number));
    }
    configurations = new ConfigurationsOverlap(cluster.first());
    invariants =
        List.of(
            new OneLeaderPerTerm(),
            new OneVotePerTerm(),
            new TermNeverGoesBack(),
            new CommitNeverGoesBack(),
            new AppliedNeverDiverges(),
            new AcknowledgedIsDurable(cluster),
            new AppliedIsDurableHere(cluster),
            new CommittedIsOnAQuorum(cluster),
            new LeaderHasEveryCommitted(cluster),
            new LeaderAppendsOnly(),
            new MatchIsDurable(cluster),
            new LogsMatch(),
            new LogReachesTheState(),
            configurations,
            new HistoryIsLinearizable(time),
            new LiveLeaseIsKept(time),
            leaderChanges);
    world.watchedBy(invariants);
  }

  /** What a run came to. */
  record Result(Totals totals, String hash) {}

  /**
   * Runs one seed.
   *
   * @param chaosSeconds virtual seconds under faults, before the peace
   * @param hashed whether every event and Ready goes into the hash of the result
   * @throws Invariant.Broken when a property does not hold
   */
  static Result run(long seed, int chaosSeconds, boolean hashed) {
    var simulation = new Simulation(seed, chaosSeconds, hashed);
    simulation.run(chaosSeconds);
    return new Result(simulation.totals, simulation.hash.take());
  }

  private void run(int chaosSeconds) {
    cluster.nodes().forEach(SimNode::startIfDown);
    clients.forEach(SimClient::start);
    nemesis.start();
    operator.start();
    long chaosEnd = chaosSeconds * SECOND;
    while (time.runNext(chaosEnd)) {
      totals.events++;
    }
    peace();
    totals.virtualMillis = time.nowNanos() / MILLISECOND;
    totals.membershipChanges = configurations.changes();
    totals.leaderChanges = leaderChanges.afterTheFirst();
    totals.messagesLost = cluster.network().lost();
    totals.messagesDuplicated = cluster.network().duplicated();
  }

  private void peace() {
    nemesis.rest();
    await("there is a leader", () -> cluster.leader().isPresent());
    await("no change of members is half way", this::isSettled);
    await("every member is up and replayed", this::areMembersUp);
    operator.retireFormerMembers();
    cluster.clientsKnowTheMembers();
    long operations = totals.operations;
    await("clients are answered", () -> totals.operations > operations + 2L * CLIENTS);
    clients.forEach(SimClient::rest);
    runFor(6 * SECOND); // every TTL ends within, so whoever is lost shows
    await("nodes have equal states", this::isConverged);
    clients.forEach(this::requireInstance);
    clients.forEach(SimClient::fallSilent);
    await(
        "the silent are removed",
        () -> areMembersUp() && members().stream().allMatch(this::isEmpty));
  }

  private boolean areMembersUp() {
    return !members().isEmpty() && members().stream().allMatch(SimNode::isUp);
  }

  /** Of the leader's configuration, which in peace is the last one; nobody where none leads. */
  private List<SimNode> members() {
    return cluster.leader().map(cluster::membersAsSeenBy).orElse(List.of());
  }

  private boolean isSettled() {
    return cluster
        .leader()
        .map(leader -> leader.requireLife().status().configuration())
        .filter(now -> !now.isJoint() && now.learners().isEmpty())
        .isPresent();
  }

  private boolean isConverged() {
    return areMembersUp() && members().stream().map(Simulation::state).distinct().count() == 1;
  }

  private static String state(SimNode node) {
    var status = node.requireLife().store().status();
    return status.lastApplied() + " " + status.digest();
  }

  private boolean isEmpty(SimNode node) {
    return node.requireLife().store().status().instances() == 0;
  }

  private void requireInstance(SimClient client) {
    var registered = members().get(0).requireLife().store().instance(client.key());
    client
        .believes()
        .ifPresent(incarnation -> {
          boolean holds =
              registered.isPresent() && registered.get().instance().incarnation() == incarnation;
          if (!holds) {
            throw new Invariant.Broken(
                "AcknowledgedIsKept",
                client.key() + " believes in " + incarnation + ", found " + registered);
          }
        });
  }

  private void runFor(long nanos) {
    long end = time.nowNanos() + nanos;
    while (time.runNext(end)) {
      totals.events++;
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long end = time.nowNanos() + PEACE_NANOS_MAX;
    while (!condition.getAsBoolean()) {
      if (!time.runNext(end)) {
        throw new Invariant.Broken("ComesBackToLife", "30 s of peace and not yet: " + what);
      }
      totals.events++;
    }
  }
}
