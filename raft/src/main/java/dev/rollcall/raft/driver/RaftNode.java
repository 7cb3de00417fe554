package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.MemberChange;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.RaftCore;
import dev.rollcall.raft.core.RaftEvent.Receive;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.core.TraceEvent;
import dev.rollcall.raft.driver.Inbox.Order;
import dev.rollcall.raft.log.SegmentedLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One member of a Raft group: the core, its log and its state machine, joined by queues, and no
 * thread. Either {@link RaftDriver} turns the parts on four threads, or a simulator turns them by
 * hand.
 *
 * <p>Methods may be called from any thread and never block. Nothing happens before the parts are
 * turned. The node owns neither the log nor the transport: whoever made them closes them after the
 * node has stopped.
 *
 * @param <R> what applying a command yields
 */
public final class RaftNode<R> {
  private final Inbox<R> inbox;
  private final RaftLoop<R> raftLoop;
  private final LogWriter logWriter;
  private final Applier<R> applier;
  private final Snapshots snapshots;

  /**
   * Composes a node that goes on from where its log and its state machine are.
   *
   * @param log opened or just created; belongs to the node until it has stopped
   * @param machine at or behind the end of the log, or ahead of it by an install that the log has
   *     not heard of: then the log is begun anew
   * @param trace told of what the core does, on the raft thread; must not block
   */
  public RaftNode(
      RaftNodeConfig config,
      SegmentedLog log,
      StateMachine<R> machine,
      Transport transport,
      Clock clock,
      RandomGenerator random,
      Consumer<TraceEvent> trace) {
    long lastApplied = machine.lastApplied();
    // A crash between the switch to a snapshot and the new beginning of the log behind it.
    machine
        .installed()
        .filter(start -> start.previous().index() == lastApplied && !contains(log, start))
        .ifPresent(log::reset);
    Restored restored = log.restored(lastApplied);
    RaftCore core = new RaftCore(config.self(), config.raft(), restored, log, random, trace);
    inbox = new Inbox<>(config.limits(), lastApplied);
    logWriter = new LogWriter(log, inbox.marks());
    applier =
        new Applier<>(
            machine,
            inbox,
            config.raft().flow().applyBytesMax(),
            restored.commitIndex(),
            AppliedPoint.of(restored, new EntryId(log.term(lastApplied), lastApplied)));
    snapshots =
        new Snapshots(config.snapshots(), applier, transport, clock, random.nextLong() >>> 1);
    raftLoop =
        new RaftLoop<>(
            config,
            core,
            inbox,
            clock,
            transport,
            new RaftLoop.Sides<>(logWriter, applier, snapshots));
  }

  /**
   * Proposes a command. A node that does not lead refuses it; forwarding is the caller's business.
   * When the door's bound is reached the refusal comes before this returns (see {@link
   * ProposalListener}).
   */
  public void propose(Payload payload, ProposalListener<R> listener) {
    if (!inbox.offerProposal(Inbox.ANY_TERM, payload, listener)) {
      refuseAtTheDoor(listener);
    }
  }

  /**
   * As {@link #propose}, for what must pass also when the door is full, because it makes room or
   * because others wait for it. Has an eighth of the door's bounds to itself.
   */
  public void proposeReserved(Payload payload, ProposalListener<R> listener) {
    if (!inbox.offerReserved(Inbox.ANY_TERM, payload, listener)) {
      refuseAtTheDoor(listener);
    }
  }

  /**
   * As {@link #propose}, for a command that a leader makes from what it knows as leader of {@code
   * term}: refused as NOT_LEADER unless this node leads that very term when the raft loop takes it
   * up. A node that was replaced meanwhile and leads again leads another term. Passes also when the
   * door is full for others, as {@link #proposeReserved} does.
   */
  public void proposeInTerm(long term, Payload payload, ProposalListener<R> listener) {
    Invariant.check(term > Inbox.ANY_TERM, "term %d", term);
    if (!inbox.offerReserved(term, payload, listener)) {
      refuseAtTheDoor(listener);
    }
  }

  /**
   * Has the members changed, in one step. Answered as a proposal is: {@code applied} once the first
   * configuration that the changes lead to is committed, with a result that means nothing; further
   * steps (a learner that gets its vote once it has caught up) follow by themselves.
   */
  public void changeMembers(List<MemberChange> changes, ProposalListener<R> listener) {
    if (!inbox.offerChange(List.copyOf(changes), listener)) {
      refuseAtTheDoor(listener);
    }
  }

  /**
   * Hands the leadership over, if this node has it; {@link #status} tells when that is done. It may
   * come to nothing, after an election timeout, and then this node leads on.
   *
   * @param to a voter; when empty, the one that has caught up best
   */
  public void transferLeadership(Optional<NodeId> to) {
    inbox.order(new Order.Transfer<>(to));
  }

  /** A hint that a peer is gone: its connection ended. */
  public void peerLost(NodeId peer) {
    inbox.order(new Order.Lost<>(peer));
  }

  /** Asks for a linearizable read: the listener hears when the state machine may be read. */
  public void read(ReadListener listener) {
    if (!inbox.offerRead(listener)) {
      listener.failed();
    }
  }

  /** Takes a message of a peer; drops it when too many wait, as a network may. */
  public void receive(NodeId from, Message message) {
    inbox.offerMessage(new Receive(from, message));
  }

  /** Takes a message about a snapshot; drops it when too many wait. */
  public void receive(NodeId from, SnapshotMessage message) {
    snapshots.receive(from, message);
  }

  /**
   * Runs a task on the apply thread, after everything that was handed to it before. Not bounded
   * here: the caller sees to that.
   */
  public void execute(Runnable task) {
    applier.add(new Handover.Task<>(task));
  }

  /** As of the raft loop's last pass. */
  public RaftStatus status() {
    return raftLoop.status();
  }

  /**
   * Completed, on the apply thread, once every entry that the log knew to be committed at the start
   * is applied: before that the state machine may show less than this node showed before.
   */
  public CompletableFuture<Void> replayed() {
    return applier.replayed();
  }

  /** Part of the thread {@code raft}. */
  public RaftLoop<R> raftLoop() {
    return raftLoop;
  }

  /** Part of the thread {@code log}. */
  public LogWriter logWriter() {
    return logWriter;
  }

  /** Part of the thread {@code apply}. */
  public Applier<R> applier() {
    return applier;
  }

  /** Part of the thread {@code snapshot}. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** Whether the log goes on behind this entry, or has been cut behind a later one. */
  private static boolean contains(SegmentedLog log, LogStart start) {
    EntryId previous = start.previous();
    return previous.index() < log.firstIndex() - 1
        || (previous.index() <= log.lastIndex() && log.term(previous.index()) == previous.term());
  }

  private void refuseAtTheDoor(ProposalListener<R> listener) {
    RaftStatus status = status();
    // A node that has lost its leadership with its door full says so: the caller can go elsewhere.
    listener.refused(
        status.role() == Role.LEADER ? RefusalReason.OVERLOADED : RefusalReason.NOT_LEADER,
        status.leader());
  }
}
