package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Ready.RoleState;
import dev.rollcall.raft.core.StateDigest;
import dev.rollcall.raft.driver.Inbox.OpenProposal;
import dev.rollcall.raft.driver.Inbox.ReadGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The state machine's side: applies committed entries, tells proposers and readers, and tells the
 * state machine of leadership. Entries of several passes become one {@link StateMachine#apply} of
 * at most {@code applyBytesMax}; everything else keeps its place among them. A {@code VERIFY} entry
 * ends a range, so that the state is digested at the same place of the log on every node.
 *
 * <p>Its queue has no bound of its own. Proposals and reads in it are bounded at the door ({@link
 * Inbox}), entries by the core, which hands out no more before enough is {@linkplain Marks
 * applied}; the rest is a few small values a pass.
 */
@OwnedBy("apply")
public final class Applier<R> implements Part {
  private final Owner owner = new Owner();
  private final StateMachine<R> machine;
  private final Inbox<R> inbox;
  private final Marks marks;
  private final long applyBytesMax;
  private final Bell bell;
  private final WorkQueue<Handover<R>> queue;

  private final PendingProposals<R> pending = new PendingProposals<>();
  private final Leadership leadership;
  private final long replayIndex;
  private final CompletableFuture<Void> replayed = new CompletableFuture<>();

  /** Entries gathered and not yet applied. */
  private List<Entry> gathered = new ArrayList<>();

  private long gatheredBytes;
  private long lastApplied;
  private final AppliedPoint point;

  /** Reads and confirmations in the order they came, each held until its index is applied. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private volatile OptionalLong freshAsOfNanos = OptionalLong.empty();

  /**
   * @param replayIndex commit index recorded in the log at the start
   * @param point where the state machine is at the start
   */
  Applier(
      StateMachine<R> machine,
      Inbox<R> inbox,
      long applyBytesMax,
      long replayIndex,
      AppliedPoint point) {
    this.point = point;
    this.machine = machine;
    this.inbox = inbox;
    this.marks = inbox.marks();
    this.applyBytesMax = applyBytesMax;
    this.bell = new Bell();
    this.queue = new WorkQueue<>(bell);
    this.leadership = new Leadership(machine);
    this.replayIndex = replayIndex;
    this.lastApplied = machine.lastApplied();
    completeReplay();
  }

  /** Any thread; what one thread adds keeps its order. */
  void add(Handover<R> handover) {
    queue.add(handover);
  }

  @Override
  public boolean runOnce() {
    owner.check();
    List<Handover<R>> taken = queue.takeAll();
    if (taken.isEmpty()) {
      return false;
    }
    for (Handover<R> handover : taken) {
      switch (handover) {
        case Handover.Pass<R> pass -> take(pass);
        case Handover.Task<R> task -> {
          settle();
          task.task().run();
        }
      }
    }
    settle();
    pending.trim();
    return true;
  }

  @Override
  public long idleNanosMax() {
    return Long.MAX_VALUE;
  }

  @Override
  public void onWork(Runnable wakeUp) {
    bell.answeredBy(wakeUp);
  }

  /** Any thread; see {@link RaftStatus#leaderContactNanos}. */
  OptionalLong freshAsOfNanos() {
    return freshAsOfNanos;
  }

  /**
   * Completed, on the apply thread, once everything known to be committed at the start is applied.
   */
  CompletableFuture<Void> replayed() {
    return replayed;
  }

  /** Has the state machine's state taken as it will be then. Any thread. */
  void pin(Consumer<Optional<SnapshotSource.Pinned>> taken) {
    add(
        new Handover.Task<>(() ->
            taken.accept(
                point.start().map(start -> new SnapshotSource.Pinned(start, machine.snapshot())))));
  }

  /**
   * Has the state machine switch to a whole snapshot, unless it is as far already or this node
   * leads by then. Any thread.
   */
  void install(SnapshotStaging staged, Consumer<Boolean> done) {
    add(new Handover.Task<>(() -> done.accept(install(staged))));
  }

  StateMachine<R> machine() {
    return machine;
  }

  Marks marks() {
    return marks;
  }

  /** The last turn of a node that stops in good order. */
  void close() {
    owner.check();
    machine.close();
  }

  private void take(Handover.Pass<R> pass) {
    if (pass.role().isPresent()) {
      settle();
      RoleState role = pass.role().get();
      leadership.roleChanged(role);
    }
    for (Handover.Accepted<R> accepted : pass.accepted()) {
      pending.add(accepted.id(), accepted.proposal());
    }
    for (Handover.Refused<R> refused : pass.refused()) {
      inbox.close(refused.proposal());
      refused.proposal().listener().refused(refused.reason(), refused.leader());
    }
    gather(pass.entries());
    for (Handover.Granted granted : pass.reads()) {
      waiting.add(new Waiting.Read(granted));
    }
    for (ReadGroup group : pass.failedReads()) {
      inbox.close(group);
      group.listeners().forEach(ReadListener::failed);
    }
    pass.confirmedTerm().ifPresent(this::confirmed);
  }

  private boolean install(SnapshotStaging staged) {
    LogStart start = staged.start();
    // A leader has every committed entry in its log, and will come that far by itself.
    if (start.previous().index() <= lastApplied || leadership.leads()) {
      return false;
    }
    machine.install(staged);
    lastApplied = start.previous().index();
    point.installed(start);
    marks.installed(start);
    marks.appliedUpTo(lastApplied);
    pending.jumpedTo(lastApplied, inbox::close);
    completeReplay();
    release();
    return true;
  }

  /** Entries that a snapshot contains were handed out before the core heard of it. */
  private void gather(List<Entry> handedOut) {
    int known = 0;
    while (known < handedOut.size() && handedOut.get(known).index() <= lastApplied) {
      known++;
    }
    List<Entry> entries = handedOut.subList(known, handedOut.size());
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.sizeBytes();
    }
    if (gatheredBytes + bytes > applyBytesMax) {
      settle();
    }
    for (Entry entry : entries) {
      gathered.add(entry);
      gatheredBytes += entry.sizeBytes();
      if (entry.kind() == EntryKind.VERIFY) {
        settle();
        inbox.digested(new StateDigest(entry.index(), machine.digest()));
      }
    }
  }

  /** Two confirmations with no read between them say no more than the later one. */
  private void confirmed(long term) {
    Waiting confirmation = new Waiting.Confirmation(term);
    if (!confirmation.equals(waiting.peekLast())) {
      waiting.add(confirmation);
    }
  }

  /** Applies what was gathered, and lets go of everything that waited for it. */
  private void settle() {
    if (!gathered.isEmpty()) {
      List<Entry> entries = gathered;
      gathered = new ArrayList<>();
      gatheredBytes = 0;
      apply(entries);
    }
    leadership.applied(lastApplied);
    release();
  }

  private void apply(List<Entry> entries) {
    long first = entries.getFirst().index();
    Invariant.check(first == lastApplied + 1, "apply of %d after %d", first, lastApplied);
    List<R> results = machine.apply(entries);
    Invariant.check(
        results.size() == entries.size(), "%d results of %d", results.size(), entries.size());
    lastApplied = entries.getLast().index();
    point.applied(entries);
    // The core hears of it before the listeners run: what they take does not hold up replication.
    marks.appliedUpTo(lastApplied);
    for (int i = 0; i < results.size(); i++) {
      Entry entry = entries.get(i);
      R result = results.get(i);
      pending.applied(entry.id(), (proposal, own) -> decide(entry, proposal, own, result));
    }
    completeReplay();
  }

  private void decide(Entry entry, OpenProposal<R> proposal, boolean own, R result) {
    inbox.close(proposal);
    if (own) {
      proposal.listener().applied(entry.index(), result);
    } else {
      proposal.listener().lost();
    }
  }

  private void release() {
    for (Waiting next = waiting.peek(); next != null; next = waiting.peek()) {
      switch (next) {
        case Waiting.Read(Handover.Granted granted) -> {
          if (granted.index() > lastApplied) {
            return;
          }
          waiting.remove();
          complete(granted.group());
        }
        case Waiting.Confirmation(long term) -> {
          waiting.remove();
          leadership.confirmed(term);
        }
      }
    }
  }

  private void complete(ReadGroup group) {
    OptionalLong before = freshAsOfNanos;
    if (before.isEmpty() || group.askedAtNanos() - before.getAsLong() > 0) {
      freshAsOfNanos = OptionalLong.of(group.askedAtNanos());
    }
    inbox.close(group);
    group.listeners().forEach(ReadListener::ready);
  }

  private void completeReplay() {
    if (lastApplied >= replayIndex) {
      replayed.complete(null);
    }
  }

  /** What waits until an index is applied. */
  private sealed interface Waiting {
    /** Reads, until theirs is. */
    record Read(Handover.Granted granted) implements Waiting {}

    /** A confirmed round of this term, until the reads before it have run. */
    record Confirmation(long term) implements Waiting {}
  }
}
