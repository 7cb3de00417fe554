package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.check.ClientHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** Ten times what is usual: who goes round in circles shall not do so for ever. */
  private static final long EVENTS_PER_SECOND_MAX = 30_000;

  private static final long EVENTS_SECONDS_MIN = 60;

  private final VirtualTime time = new VirtualTime();
  private final Scenario scenario;
  private final Totals totals;
  private final World world;
  private final SimCluster cluster;
  private final Nemesis nemesis;
  private final SimOperator operator;
  private final Repairs repairs;
  private final ConfigurationsOverlap configurations;
  private final HistoryIsLinearizable history;
  private final List<SimClient> clients = new ArrayList<>();
  private final List<Invariant> invariants;
  private final LeaderChanges leaderChanges = new LeaderChanges();

  private Simulation(Scenario scenario, Totals totals, EventHash hash, List<Struck> struck) {
    this.scenario = scenario;
    this.totals = totals;
    RandomGenerator random = new SplittableRandom(scenario.seed());
    world = new World(totals, hash);
    cluster = new SimCluster(time, random, SimConfig.draw(random), world);
    repairs = new Repairs(cluster);
    operator = new SimOperator(cluster, random);
    nemesis =
        new Nemesis(
            new Stage(time, cluster, operator),
            scenario.schedule(),
            it -> {
              struck.add(it);
              if (it.isDone()) {
                totals.struck(it.strike().kind());
              }
            });
    for (int number = 0; number < CLIENTS; number++) {
      clients.add(new SimClient(cluster, random, number));
    }
    configurations = new ConfigurationsOverlap(cluster.first());
    history = new HistoryIsLinearizable(time);
    invariants =
        List.of(
            new OneLeaderPerTerm(),
            new OneVotePerTerm(),
            new VotesAreDurable(cluster),
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
            new DurableIsOnTheDisk(),
            new LogReachesTheState(),
            configurations,
            new HistoryFollowsRevisions(time),
            history,
            new LiveLeaseIsKept(
                time, (node, nanos) -> cluster.nodes().get(node).clock().leaseNanosMaxAt(nanos)),
            leaderChanges);
    world.watchedBy(invariants);
  }

  /**
   * What a run came to.
   *
   * @param failure that ended it, if it failed
   */
  record Result(Totals totals, String hash, Optional<Failure> failure) {}

  /**
   * Runs a seed.
   *
   * @param hashed whether every event and Ready goes into the hash of the result
   */
  static Result run(Scenario scenario, boolean hashed) {
    var totals = new Totals();
    totals.seeds = 1;
    var hash = new EventHash(hashed);
    var struck = new ArrayList<Struck>();
    Optional<Failure> failure = Optional.empty();
    try {
      totals.nodesFounded = BootstrapSimulation.run(scenario.seed());
      new Simulation(scenario, totals, hash, struck).run();
    } catch (RuntimeException | Error e) {
      failure = Optional.of(new Failure(scenario, e, struck));
    }
    return new Result(totals, hash.take(), failure);
  }

  /** What clients saw in a run that passes. */
  static ClientHistory historyOf(Scenario scenario) {
    var one = new Simulation(scenario, new Totals(), new EventHash(false), new ArrayList<>());
    one.run();
    return one.history.recorded();
  }

  private void run() {
    cluster.nodes().forEach(SimNode::startIfDown);
    clients.forEach(SimClient::start);
    nemesis.start();
    operator.start();
    repairs.start();
    runUntil(scenario.chaosNanos());
    peace();
    history.requireAtEnd();
    totals.virtualMillis = time.nowNanos() / MILLISECOND;
    totals.membershipChanges = configurations.changes();
    totals.leaderChanges = leaderChanges.afterTheFirst();
    totals.messagesLost = cluster.network().lost();
    totals.messagesDuplicated = cluster.network().duplicated();
    totals.messagesReplayed = cluster.network().replayed();
  }

  private void peace() {
    nemesis.rest();
    await("there is a leader", () -> cluster.leader().isPresent());
    await("every lost disk's node is replaced", repairs::areDone);
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
    runUntil(time.nowNanos() + nanos);
  }

  private void runUntil(long end) {
    while (runNext(end)) {}
  }

  private boolean runNext(long end) {
    if (totals.events++ > EVENTS_PER_SECOND_MAX * (EVENTS_SECONDS_MIN + time.nowNanos() / SECOND)) {
      throw new Invariant.Broken("ComesToAnEnd", totals.events + " events, and no end in sight");
    }
    return time.runNext(end);
  }

  private void await(String what, BooleanSupplier condition) {
    long end = time.nowNanos() + cluster.config().peaceNanosMax();
    while (!condition.getAsBoolean()) {
      if (!runNext(end)) {
        long seconds = cluster.config().peaceNanosMax() / SECOND;
        throw new Invariant.Broken("ComesBackToLife", seconds + " s of peace and not yet: " + what);
      }
    }
  }
}
