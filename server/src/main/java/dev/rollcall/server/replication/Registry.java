package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.server.replication.ForwardAnswer.Decided;
import dev.rollcall.server.replication.ForwardAnswer.Reason;
import dev.rollcall.server.replication.ForwardAnswer.Refused;
import dev.rollcall.server.replication.ForwardAnswer.Renewed;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import dev.rollcall.server.replication.Result.Done;
import dev.rollcall.server.replication.Result.Failed;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.watch.WatchHub;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The replicated registry as one node offers it: the door of this room. Writes go through the log,
 * by way of the leader wherever it is; keepalives go to the leader's memory; reads learn how fresh
 * this node's store is. Every call answers exactly once, by its deadline (plus the time between two
 * ticks), on any thread: the caller's, within the call; the apply thread; the thread that ticks; a
 * thread of the link. What is called must be quick, must not block and must not throw: on the apply
 * thread that stops the node.
 *
 * <p>Has no thread. Any thread may call any method; {@link #tick} is called every 20 ms or so, by
 * one thread at a time. Deadlines are {@link Clock#nanoTime} of the clock given here.
 */
public final class Registry implements AutoCloseable {
  private final Clock clock;
  private final RaftNode<Outcome> node;
  private final Timers timers;
  private final OpenRequests requests;
  private final Retries retries;
  private final RevisionWaits revisions;
  private final LeaseExpirer expirer;
  private final Proposer proposer;
  private final KeepAlives keepAlives;
  private final LinearizableReader reader;

  /**
   * Composes the room. The state machine and the node need each other, so the node is made in here.
   *
   * @param raft makes the node that replicates the state machine it is given
   */
  public Registry(
      RegistryStore store,
      WatchHub hub,
      LeaderLink link,
      Clock clock,
      ReplicationLimits limits,
      Function<StateMachine<Outcome>, RaftNode<Outcome>> raft) {
    this.clock = clock;
    timers = new Timers(clock.nanoTime());
    requests = new OpenRequests(limits, timers, clock);
    retries = new Retries(clock);
    revisions = new RevisionWaits();
    var guard = new ExpiryGuard(store.leases(), store.guards(), limits.guard(), this::propose);
    expirer =
        new LeaseExpirer(store.leases(), guard, this::expire, clock, limits.expiryBatchesMax());
    var deadlines = new DeadlineProposer(store::nextDeadlineMillis, this::propose, clock);
    var compactor = new ChangeLogCompactor(store, limits.changeLog(), this::propose, clock);
    node =
        raft.apply(new RegistryStateMachine(store, expirer, deadlines, compactor, hub, revisions));
    var forwarder = new Forwarder(link, timers, clock);
    proposer =
        new Proposer(node, store, requests, retries, forwarder, limits, expirer::isOvertaken);
    keepAlives = new KeepAlives(node, expirer, requests, retries, forwarder, limits);
    reader = new LinearizableReader(node, store, requests, retries, revisions, clock);
  }

  /** The node inside, for its parts, its status and its messages. */
  public RaftNode<Outcome> node() {
    return node;
  }

  /**
   * Executes a command, wherever the leader is. What the state has to say (registered, no such
   * lease) is a value. Tries again until the deadline while nothing was executed, or while
   * repeating is harmless. Failures: NO_QUORUM, OVERLOADED, DISK_LOW, NOT_READY (nothing was
   * executed), INDETERMINATE.
   *
   * @throws IllegalArgumentException for a command that only a leader makes
   */
  public void submit(Request request, long deadlineNanos, Consumer<Result<Outcome>> done) {
    proposer.submit(request, deadlineNanos, done);
  }

  /**
   * Raises the feature level here and in this term or not at all: by the leader of that term, which
   * knows that the software of every member knows the level. Failures as of {@link #submit}.
   */
  public void raiseFeatureLevel(
      long term, int level, long deadlineNanos, Consumer<Result<Outcome>> done) {
    proposer.submitOwn(term, new Command.RaiseFeatureLevel(level), deadlineNanos, done);
  }

  /**
   * Renews leases: their TTLs in milliseconds in the order asked, 0 for one that does not exist.
   * The answer means that a quorum confirmed the leader after the request arrived; from that
   * arrival on each lease lives for its TTL at least. Failures: NO_QUORUM, OVERLOADED, NOT_READY;
   * leases may have been renewed all the same, and asking again is harmless.
   *
   * @param leaseIds up to 10,000
   */
  public void renew(List<Long> leaseIds, long deadlineNanos, Consumer<Result<List<Long>>> done) {
    keepAlives.renew(leaseIds, deadlineNanos, done);
  }

  /**
   * Answers once the store on this node is as fresh as asked; the caller then takes its snapshots.
   * Failures: NO_QUORUM (linearizable only), TOO_FAR_BEHIND, OVERLOADED, NOT_READY.
   */
  public void read(Consistency level, long deadlineNanos, Consumer<Result<ReadPoint>> done) {
    reader.read(level, deadlineNanos, done);
  }

  /**
   * Several linearizable reads that ask with one question: as {@link #read} for each of them, but
   * those that succeed together are answered together, in one task of {@code answers}.
   *
   * @param answers takes a task from the apply thread, so it must neither block nor refuse
   */
  public void readTogether(List<LinearizableRead> reads, Executor answers) {
    reader.readTogether(reads, answers);
  }

  /**
   * A request that another node forwarded to this one. Answers once; never sends it on.
   *
   * @param answer as for the other calls
   */
  public void onForwarded(ForwardRequest request, Consumer<ForwardAnswer> answer) {
    long deadlineNanos =
        clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, request.waitMillis()));
    switch (request.ask()) {
      case Ask.Execute(var command) ->
          proposer.submitForwarded(
              command, deadlineNanos, result -> answer.accept(answerOf(result, Decided::new)));
      case Ask.Renew(var leaseIds) ->
          keepAlives.renewForwarded(
              leaseIds, deadlineNanos, result -> answer.accept(answerOf(result, Renewed::new)));
    }
  }

  /** Keeps deadlines, tries again what waits for a leader, sends what was gathered for it. */
  public void tick() {
    timers.runDue(clock.nanoTime());
    var status = node.status();
    proposer.giveUpLostLeadership(status);
    retries.run(status);
    keepAlives.flush();
    revisions.sweep();
  }

  /**
   * Whether this node's disk has room. While it has not, and this node leads, registrations are
   * refused with DISK_LOW, and everything that lets others go or live on is taken.
   */
  public void diskIsLow(boolean isLow) {
    proposer.diskIsLow(isLow);
  }

  /** Requests that wait for their answer. */
  public int requestsOpen() {
    return requests.count();
  }

  /** Leases that lapsed and are neither renewed nor on their way out; 0 unless this node leads. */
  public int leasesLapsed() {
    return expirer.lapsed();
  }

  /** What is held for requests, answered ones among them: retries, waits and timers. */
  int requestsHeld() {
    return retries.size() + revisions.size() + timers.size() + proposer.attemptsHere();
  }

  /**
   * Answers everything that waits as if its deadline had come, and nothing but NOT_READY from now
   * on.
   */
  @Override
  public void close() {
    requests.close();
  }

  private void expire(long term, List<Long> leaseIds, Runnable settled) {
    propose(term, new Command.ExpireLeases(leaseIds), settled);
  }

  private void propose(long term, Command command, Runnable settled) {
    proposer.proposeOwn(term, command, settled);
  }

  private static <T> ForwardAnswer answerOf(Result<T> result, Function<T, ForwardAnswer> success) {
    return switch (result) {
      case Done<T>(var value) -> success.apply(value);
      case Failed<T>(var failure, var message) ->
          new Refused(
              switch (failure) {
                case OVERLOADED -> Reason.OVERLOADED;
                case DISK_LOW -> Reason.DISK_LOW;
                case INDETERMINATE -> Reason.INDETERMINATE;
                case NO_QUORUM, NOT_READY, TOO_FAR_BEHIND -> Reason.NOT_LEADER;
              });
    };
  }
}
