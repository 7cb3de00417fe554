package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.check.ClientHistory;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.RaftConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * One run from one seed: a cluster under load and faults for a while, then peace, in which the
 * cluster must come back to life: elect, answer, converge to equal states, keep who keeps alive and
 * drop who does not.
 */
final class Simulation {
  private static final long WORK_NANOS_MAX = 300 * SECOND;

  /** Longer than any TTL. */
  private static final long SCARE_NANOS = 3_500 * MILLISECOND;

  /** Longer than anybody waits to renew. */
  private static final long COMEBACK_NANOS = 1_500 * MILLISECOND;

  /** How often somebody looks for the worst moment. */
  private static final long LOOK_NANOS = 5 * MILLISECOND;

  /** One in so many seeds has no core that goes on alone: all are healed at once. */
  private static final int WITHOUT_CORE = 4;

  private final VirtualTime time = new VirtualTime();
  private final Scenario scenario;
  private final Totals totals;
  private final World world;
  private final SimCluster cluster;
  private final Stage stage;
  private final Nemesis nemesis;
  private final Runner runner;
  private final SimOperator operator;
  private final Repairs repairs;
  private final ConfigurationsOverlap configurations;
  private final HistoryIsLinearizable history;
  private final Load load;
  private final Watchers watchers;
  private final List<Invariant> invariants;
  private final LeaderChanges leaderChanges = new LeaderChanges();

  private Simulation(Scenario scenario, Totals totals, EventHash hash, List<Struck> struck) {
    this.scenario = scenario;
    this.totals = totals;
    RandomGenerator random = new SplittableRandom(scenario.seed());
    world = new World(totals, hash);
    cluster = new SimCluster(time, random, config(random), world);
    repairs = new Repairs(cluster);
    operator = new SimOperator(cluster, random);
    load = new Load(cluster, random, scenario.seed());
    watchers = new Watchers(cluster, scenario.seed());
    stage = new Stage(time, cluster, operator, load);
    runner = new Runner(time, totals, cluster::describe);
    nemesis =
        new Nemesis(
            stage,
            scenario.schedule(),
            it -> {
              struck.add(it);
              if (it.isDone()) {
                totals.struck(it.strike().kind());
              }
            });
    configurations = new ConfigurationsOverlap(cluster.first());
    history = new HistoryIsLinearizable(time);
    invariants = new ArrayList<>(ofNodes());
    invariants.addAll(
        List.of(
            configurations,
            new HistoryFollowsRevisions(time),
            history,
            new UpdatesAreAppliedOnce(),
            new RegistryFollowsRules(time),
            new KeysFollowRevisions(time),
            new LeasesStartUpToDate(),
            SilentLeaseEnds.of(cluster),
            new GuardHolds(time, cluster.config().replication().guard()),
            new LiveLeaseIsKept(
                time, (node, nanos) -> cluster.nodes().get(node).clock().leaseNanosMaxAt(nanos)),
            new WatchesTellHistory(),
            new LockIsExclusive(),
            leaderChanges));
    world.watchedBy(invariants);
  }

  private SimConfig config(RandomGenerator random) {
    return SimConfig.draw(random)
        .guarded(new SplittableRandom(scenario.seed() * 31 + 13))
        .compacting(new SplittableRandom(scenario.seed() * 31 + 17));
  }

  /** What each node's steps, and what the nodes do together, have to keep. */
  private List<Invariant> ofNodes() {
    RaftConfig.Timing timing = cluster.config().raft().timing();
    return List.of(
        new OneLeaderPerTerm(),
        new OneVotePerTerm(),
        new VotesAreDurable(cluster),
        new VotesGoToTheUpToDate(cluster),
        new TransferIsNotRefused(),
        new HandOversEnd(timing),
        new LeaderIsAVoter(cluster),
        new ReadsAreFresh(),
        new ReadsAreConfirmed(cluster),
        new ReadIndexIsOfTheTerm(),
        new ReadRequestsAreNew(),
        new WhoIsBehindIsTold(),
        new LeaderHasItsDisk(cluster, timing),
        new AnswersAreConfirmed(),
        new OneChangeAtATime(),
        new ElectedByQuorum(cluster),
        new ReadyAfterReplay(),
        new ConfigurationIsInTheLog(),
        new ConfigurationSurvives(),
        new SnapshotHasItsConfiguration(cluster.first()),
        new TermNeverGoesBack(),
        new CommitNeverGoesBack(),
        new AppliedNeverDiverges(),
        new AppliedIsWhatWasProposed(),
        new AcknowledgedIsDurable(cluster),
        new AppliedIsDurableHere(cluster),
        new CommittedIsOnAQuorum(cluster),
        new LeaderHasEveryCommitted(cluster),
        new LeaderAppendsOnly(),
        new MatchIsDurable(cluster),
        new LogsMatch(),
        new DurableIsOnTheDisk(),
        new WritesUnderWayAreNotDurable(),
        new LogReachesTheState(),
        new SnapshotIsContinued(),
        new SnapshotsAreLetGo());
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
    load.start();
    watchers.start();
    nemesis.start();
    operator.start();
    repairs.start();
    // Not from the random numbers of the world: what is drawn here depends on the seed alone.
    RandomGenerator random = new SplittableRandom(scenario.seed() * 31 + 7);
    Set<Integer> preferred = trouble(random);
    stage.close();
    liveness(random, preferred);
    peace();
    history.requireAtEnd();
    totals.virtualMillis = time.nowNanos() / MILLISECOND;
    totals.membershipChanges = configurations.changes();
    totals.leaderChanges = leaderChanges.afterTheFirst();
    totals.messagesLost = cluster.network().lost();
    totals.messagesDuplicated = cluster.network().duplicated();
    totals.messagesReplayed = cluster.network().replayed();
  }

  /** Ends it in half of the seeds when two nodes are in discord; who they are. */
  private Set<Integer> trouble(RandomGenerator random) {
    boolean untilDiscord = random.nextBoolean();
    runner.runUntil(untilDiscord ? scenario.chaosNanos() / 2 : scenario.chaosNanos());
    while (time.nowNanos() < scenario.chaosNanos()) {
      runner.runFor(LOOK_NANOS);
      var found = Discord.find(cluster);
      if (found.isPresent()) {
        totals.marks.hit(Mark.DISCORD);
        return found.get();
      }
    }
    return Set.of();
  }

  private void liveness(RandomGenerator random, Set<Integer> preferred) {
    if (random.nextInt(WITHOUT_CORE) == 0) {
      return;
    }
    Map.Entry<Long, Configuration> last = configurations.last();
    var inForce = new ArrayList<>(List.of(last.getValue()));
    inForce.addAll(cluster.configurationsBehind(last.getKey()));
    Core.choose(cluster, random, inForce, preferred)
        .ifPresent(core -> {
          totals.coresThatWentOn++;
          totals.marks.hit(Mark.CORE_WENT_ON);
          core.seal(random);
          new Liveness(runner, cluster, core, totals, leaderChanges).demand(load);
        });
  }

  private void peace() {
    nemesis.rest();
    await("there is a leader", () -> cluster.leader().isPresent());
    load.rest(); // some settings replicate slower than clients write
    await("every lost disk's node is replaced", repairs::areDone);
    await("no change of members is half way", this::isSettled);
    await("every member is up and replayed", this::areMembersUp);
    operator.retireFormerMembers();
    cluster.clientsKnowTheMembers();
    load.goOn();
    long operations = totals.operations;
    await("clients are answered", () -> totals.operations > operations + load.someOperations());
    runner.await(
        "ComesBackToLife",
        "clients have done enough for a run to mean something",
        WORK_NANOS_MAX,
        () ->
            totals.operations >= scenario.operationsMin()
                && time.nowNanos() >= scenario.chaosNanos());
    load.rest();
    runner.runFor(6 * SECOND); // every TTL ends within, so whoever is lost shows
    await("nodes have equal states", this::isConverged);
    await("the deadlines that are due have passed", this::areDeadlinesKept);
    await("every snapshot that was received is let go of", this::areStagingsClosed);
    watchers.rest();
    long revision = members().getFirst().requireLife().store().status().revision();
    await("watchers were told of all of it", () -> watchers.haveReached(revision));
    load.requireKept(members().getFirst().requireLife().store());
    load.takeBackSpecs();
    scare();
    load.fallSilent();
    runner.await(
        "ComesBackToLife",
        "the silent are removed",
        cluster.config().peaceNanosMax() + cluster.config().guardNanosMax(),
        () -> areMembersUp() && members().stream().allMatch(this::isEmpty));
  }

  /** All fall silent, until the guard holds their leases, and come back: who is held is let go. */
  private void scare() {
    if (cluster.config().guardNanosMax() == 0) {
      return;
    }
    load.fallSilent();
    runner.runFor(SCARE_NANOS);
    load.rest();
    runner.runFor(COMEBACK_NANOS);
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

  private boolean areStagingsClosed() {
    return members().stream()
        .allMatch(node -> node.life() != null && node.life().stagings().areInUse());
  }

  /** By the leader's clock, which may be hours behind that of a leader before it. */
  private boolean areDeadlinesKept() {
    return cluster.leader().stream()
        .allMatch(leader -> {
          var next = leader.requireLife().store().nextDeadlineMillis();
          return next.isEmpty() || next.getAsLong() > leader.clock().wallMillis();
        });
  }

  private static String state(SimNode node) {
    var status = node.requireLife().store().status();
    return status.lastApplied() + " " + status.digest();
  }

  private boolean isEmpty(SimNode node) {
    var status = node.requireLife().store().status();
    return status.instances() == 0 && status.leases() == 0;
  }

  private void await(String what, BooleanSupplier condition) {
    runner.await("ComesBackToLife", what, cluster.config().peaceNanosMax(), condition);
  }
}
