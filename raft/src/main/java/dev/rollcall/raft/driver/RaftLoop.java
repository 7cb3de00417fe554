package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.RaftCore;
import dev.rollcall.raft.core.RaftEvent;
import dev.rollcall.raft.core.RaftEvent.Proposal;
import dev.rollcall.raft.core.RaftEvent.Receive;
import dev.rollcall.raft.core.Ready;
import dev.rollcall.raft.core.StateDigest;
import dev.rollcall.raft.driver.Inbox.OpenProposal;
import dev.rollcall.raft.driver.Inbox.Order;
import dev.rollcall.raft.driver.Inbox.QueuedProposal;
import dev.rollcall.raft.driver.Inbox.ReadGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The protocol's side: one pass drains the inbox into the core, lets the core's time run, and does
 * what its {@link Ready} says: writes to the {@link LogWriter}, messages to the {@link Transport},
 * the rest to the {@link Applier}.
 *
 * <p>Pause guard: a pass steps at most one tick, after the inbox was drained, so that heartbeats
 * which waited out a pause of this process are heard before the time that passed. Of a long pause
 * only the last {@value #TICKS_OWED_MAX} ticks count: this process heard nobody meanwhile, so the
 * silence says nothing about them.
 */
@OwnedBy("raft")
public final class RaftLoop<R> implements Part {
  private static final int TICKS_OWED_MAX = 4;
  private static final RaftEvent TICK = new RaftEvent.Tick();

  private final Owner owner = new Owner();
  private final RaftNodeConfig config;
  private final RaftCore core;
  private final Inbox<R> inbox;
  private final Clock clock;
  private final Transport transport;
  private final LogWriter logWriter;
  private final Applier<R> applier;
  private final Snapshots snapshots;
  private final long tickNanos;

  private final Map<Long, OpenProposal<R>> tickets = new HashMap<>();
  private final Map<Long, ReadGroup> reads = new HashMap<>();
  private long lastTicket;
  private long lastReadId;
  private long persisted;
  private long applied;
  private long compactable;
  private Optional<LogStart> installed = Optional.empty();
  private long nextTickNanos;
  private int ticksSinceRead;
  private Map<NodeId, Long> matchIndexes = Map.of();

  private volatile RaftStatus status;

  RaftLoop(
      RaftNodeConfig config,
      RaftCore core,
      Inbox<R> inbox,
      Clock clock,
      Transport transport,
      Sides<R> sides) {
    this.config = config;
    this.core = core;
    this.inbox = inbox;
    this.clock = clock;
    this.transport = transport;
    this.logWriter = sides.log;
    this.applier = sides.apply;
    this.snapshots = sides.snapshots;
    this.tickNanos = config.tick().toNanos();
    this.nextTickNanos = clock.nanoTime() + tickNanos;
    this.applied = inbox.marks().applied();
    this.status = currentStatus();
  }

  @Override
  public boolean runOnce() {
    owner.check();
    long now = clock.nanoTime();
    boolean worked = stepMarks();
    worked |= stepMessages();
    worked |= stepOrders();
    worked |= stepProposals();
    worked |= stepReads(now);
    worked |= stepTick(now);
    if (core.hasReady()) {
      handOut(core.ready());
      worked = true;
    }
    if (worked) {
      status = currentStatus();
    }
    return worked;
  }

  /** Until the next tick. */
  @Override
  public long idleNanosMax() {
    return Math.max(0, nextTickNanos - clock.nanoTime());
  }

  @Override
  public void onWork(Runnable wakeUp) {
    inbox.bell().answeredBy(wakeUp);
  }

  /** Any thread. */
  RaftStatus status() {
    return status;
  }

  private boolean stepMarks() {
    boolean worked = false;
    long nowPersisted = inbox.marks().persisted();
    if (nowPersisted > persisted) {
      persisted = nowPersisted;
      core.step(new RaftEvent.Persisted(persisted));
      worked = true;
    }
    long nowApplied = inbox.marks().applied();
    // In this order: the core must have heard of the snapshot before it hears of what it contains.
    Optional<LogStart> nowInstalled = inbox.marks().installed();
    if (!nowInstalled.equals(installed)) {
      installed = nowInstalled;
      core.step(new RaftEvent.SnapshotInstalled(nowInstalled.orElseThrow()));
      worked = true;
    }
    if (nowApplied > applied) {
      applied = nowApplied;
      core.step(new RaftEvent.Applied(applied));
      worked = true;
    }
    for (StateDigest digest : inbox.takeDigests()) {
      core.step(new RaftEvent.Digested(digest));
      worked = true;
    }
    long nowCompactable = inbox.marks().compactable();
    if (nowCompactable > compactable) {
      compactable = nowCompactable;
      core.step(new RaftEvent.Compactable(compactable));
      worked = true;
    }
    return worked;
  }

  private boolean stepMessages() {
    List<Receive> messages = inbox.takeMessages();
    messages.forEach(core::step);
    return !messages.isEmpty();
  }

  private boolean stepOrders() {
    List<Order<R>> orders = inbox.takeOrders();
    for (Order<R> order : orders) {
      switch (order) {
        case Order.Change<R>(var changes, var open) -> {
          tickets.put(++lastTicket, open);
          core.step(new RaftEvent.ChangeMembers(lastTicket, clock.wallMillis(), changes));
        }
        case Order.Transfer<R>(var to) -> core.step(new RaftEvent.TransferLeadership(to));
        case Order.Lost<R>(var peer) -> core.step(new RaftEvent.PeerLost(peer));
      }
    }
    return !orders.isEmpty();
  }

  private boolean stepProposals() {
    List<QueuedProposal<R>> queued = inbox.takeProposals();
    if (queued.isEmpty()) {
      return false;
    }
    long wallMillis = clock.wallMillis();
    List<Proposal> proposals = new ArrayList<>(queued.size());
    List<Handover.Refused<R>> outdated = new ArrayList<>();
    for (QueuedProposal<R> proposal : queued) {
      // Exact, since nothing changes the term between here and the step.
      if (!proposal.fits(core.currentTerm())) {
        outdated.add(
            new Handover.Refused<>(proposal.open(), Ready.RefusalReason.NOT_LEADER, core.leader()));
        continue;
      }
      tickets.put(++lastTicket, proposal.open());
      proposals.add(new Proposal(lastTicket, wallMillis, proposal.payload()));
    }
    if (!outdated.isEmpty()) {
      applier.add(Handover.Pass.ofRefusals(outdated));
    }
    core.step(new RaftEvent.Propose(proposals));
    return true;
  }

  private boolean stepReads(long now) {
    List<ReadListener> listeners = inbox.takeReads();
    if (listeners.isEmpty()) {
      return false;
    }
    ask(new ReadGroup(now, listeners));
    return true;
  }

  private boolean stepTick(long now) {
    if (now - nextTickNanos < 0) {
      return false;
    }
    nextTickNanos += tickNanos;
    long owedMax = TICKS_OWED_MAX * tickNanos;
    if (now - nextTickNanos > owedMax) {
      nextTickNanos = now - owedMax;
    }
    core.step(TICK);
    matchIndexes = core.matchIndexes();
    if (++ticksSinceRead >= config.raft().timing().electionTimeoutTicks() / 2
        && core.leader().isPresent()) {
      // Nobody waits for this one: it only proves how fresh this node is (RaftStatus).
      ask(new ReadGroup(now, List.of()));
    }
    return true;
  }

  private void ask(ReadGroup group) {
    ticksSinceRead = 0;
    reads.put(++lastReadId, group);
    core.step(new RaftEvent.ReadIndex(lastReadId));
  }

  private void handOut(Ready ready) {
    ready.persist().ifPresent(logWriter::add);
    ready.compactTo().ifPresent(logWriter::compactTo);
    if (!ready.toSend().isEmpty()) {
      transport.send(ready.toSend());
    }
    if (ready.diverged().isPresent()) {
      // The peers may hear of it. Readers and proposers here must not hear of anything any more.
      throw new StateDiverged(ready.diverged().get());
    }
    if (ready.role().isPresent()) {
      // Else a new leader would show what it knew when it led before.
      matchIndexes = core.matchIndexes();
    }
    ready.snapshot().ifPresent(snapshots::offered);
    if (concernsApplier(ready)) {
      applier.add(
          new Handover.Pass<>(
              ready.role(),
              accepted(ready),
              refused(ready),
              ready.toApply(),
              ready.reads().stream().map(this::granted).toList(),
              ready.failedReads().stream().map(failed -> take(reads, failed.readId())).toList(),
              ready.confirmed()));
    }
  }

  private static boolean concernsApplier(Ready ready) {
    return ready.role().isPresent()
        || !ready.accepted().isEmpty()
        || !ready.refused().isEmpty()
        || !ready.toApply().isEmpty()
        || !ready.reads().isEmpty()
        || !ready.failedReads().isEmpty()
        || ready.confirmed().isPresent();
  }

  private List<Handover.Accepted<R>> accepted(Ready ready) {
    List<Handover.Accepted<R>> accepted = new ArrayList<>(ready.accepted().size());
    for (Ready.Accepted each : ready.accepted()) {
      accepted.add(new Handover.Accepted<>(each.id(), take(tickets, each.ticket())));
    }
    return accepted;
  }

  private List<Handover.Refused<R>> refused(Ready ready) {
    List<Handover.Refused<R>> refused = new ArrayList<>(ready.refused().size());
    for (Ready.Refused each : ready.refused()) {
      refused.add(
          new Handover.Refused<>(take(tickets, each.ticket()), each.reason(), core.leader()));
    }
    return refused;
  }

  private Handover.Granted granted(Ready.ReadState read) {
    return new Handover.Granted(read.index(), take(reads, read.readId()));
  }

  private static <T> T take(Map<Long, T> open, long number) {
    T taken = open.remove(number);
    Invariant.check(taken != null, "the core answered %d, which is not open", number);
    return Objects.requireNonNull(taken);
  }

  private RaftStatus currentStatus() {
    return new RaftStatus(
        config.self(),
        core.role(),
        core.currentTerm(),
        core.leader(),
        core.commitIndex(),
        applied,
        core.lastIndex(),
        core.durableIndex(),
        core.configuration(),
        core.configurationIndex(),
        matchIndexes,
        applier.freshAsOfNanos());
  }

  /** The parts that do what the core asks for. */
  record Sides<R>(LogWriter log, Applier<R> apply, Snapshots snapshots) {}
}
