package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.MemberChange;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.RaftEvent.Receive;
import dev.rollcall.raft.core.StateDigest;
import java.util.List;
import java.util.Optional;

/**
 * All that waits for the raft loop, each kind in a queue of its own, since each has its own bound
 * and its own answer at the bound: proposals and reads are turned away at once, messages are
 * dropped, and the {@link Marks} cannot pile up.
 *
 * <p>Proposals and reads count from the door until their listener is called, not only while they
 * queue here. So the same bounds hold for everything behind: the loop's open tickets, the applier's
 * pending proposals and waiting reads, and the refusals on their way back.
 */
final class Inbox<R> {
  /** Of a proposal that asks for no term in particular. */
  static final long ANY_TERM = 0;

  private final Bell bell = new Bell();
  private final Marks marks;
  private final Gate openProposals;
  private final Gate openReads;
  private final Gate unreadMessages;
  private final WorkQueue<QueuedProposal<R>> proposals;
  private final WorkQueue<Order<R>> orders;
  private final WorkQueue<ReadListener> reads;
  private final WorkQueue<Receive> messages;
  private final WorkQueue<StateDigest> digests;

  Inbox(RaftNodeConfig.Limits limits, long lastApplied) {
    marks = new Marks(bell, lastApplied);
    openProposals = new Gate(limits.openProposalsMax(), limits.openProposalBytesMax());
    openReads = new Gate(limits.openReadsMax(), 0);
    unreadMessages = new Gate(limits.inboxMessagesMax(), limits.inboxBytesMax());
    proposals = new WorkQueue<>(bell);
    orders = new WorkQueue<>(bell);
    reads = new WorkQueue<>(bell);
    messages = new WorkQueue<>(bell);
    digests = new WorkQueue<>(bell);
  }

  /** Rung for everything that comes in. */
  Bell bell() {
    return bell;
  }

  Marks marks() {
    return marks;
  }

  /** Whether the proposal was let in. Any thread. */
  boolean offerProposal(long term, Payload payload, ProposalListener<R> listener) {
    if (!openProposals.tryEnter(payload.length())) {
      return false;
    }
    add(term, payload, listener);
    return true;
  }

  /** As {@link #offerProposal}, for what passes also when the door is full. */
  boolean offerReserved(long term, Payload payload, ProposalListener<R> listener) {
    if (!openProposals.tryEnterReserved(payload.length())) {
      return false;
    }
    add(term, payload, listener);
    return true;
  }

  /** Whether the change of the members was let in. Any thread. */
  boolean offerChange(List<MemberChange> changes, ProposalListener<R> listener) {
    if (!openProposals.tryEnterReserved(0)) {
      return false;
    }
    orders.add(new Order.Change<>(changes, new OpenProposal<>(listener, 0)));
    return true;
  }

  /** Any thread. A few at a time come from operators and from connections that end. */
  void order(Order<R> order) {
    orders.add(order);
  }

  private void add(long term, Payload payload, ProposalListener<R> listener) {
    proposals.add(
        new QueuedProposal<>(term, payload, new OpenProposal<>(listener, payload.length())));
  }

  /** The listener of this one has been called. */
  void close(OpenProposal<R> proposal) {
    openProposals.leave(proposal.bytes());
  }

  /** Whether the read was let in. Any thread. */
  boolean offerRead(ReadListener listener) {
    if (!openReads.tryEnter(0)) {
      return false;
    }
    reads.add(listener);
    return true;
  }

  /** The listeners of these have been called. */
  void close(ReadGroup group) {
    for (int i = 0; i < group.listeners().size(); i++) {
      openReads.leave(0);
    }
  }

  /** Takes the message or drops it. Any thread. */
  boolean offerMessage(Receive message) {
    if (!unreadMessages.tryEnterOfAnySize(bytesOf(message))) {
      return false;
    }
    messages.add(message);
    return true;
  }

  /** Apply thread: one each verify period, and none in between, so that no bound is needed. */
  void digested(StateDigest digest) {
    digests.add(digest);
  }

  List<StateDigest> takeDigests() {
    return digests.takeAll();
  }

  List<QueuedProposal<R>> takeProposals() {
    return proposals.takeAll();
  }

  List<Order<R>> takeOrders() {
    return orders.takeAll();
  }

  List<ReadListener> takeReads() {
    return reads.takeAll();
  }

  List<Receive> takeMessages() {
    List<Receive> taken = messages.takeAll();
    for (Receive message : taken) {
      unreadMessages.leave(bytesOf(message));
    }
    return taken;
  }

  private static long bytesOf(Receive received) {
    if (!(received.message() instanceof Message.AppendEntries append)) {
      return 0;
    }
    long bytes = 0;
    for (Entry entry : append.entries()) {
      bytes += entry.sizeBytes();
    }
    return bytes;
  }

  /**
   * A proposal the loop has not looked at.
   *
   * @param term the only one it may be appended in, or {@link #ANY_TERM}
   */
  record QueuedProposal<R>(long term, Payload payload, OpenProposal<R> open) {
    boolean fits(long currentTerm) {
      return term == ANY_TERM || term == currentTerm;
    }
  }

  /** What concerns the group itself. */
  sealed interface Order<R> {
    /** Somebody wants other members. */
    record Change<R>(List<MemberChange> changes, OpenProposal<R> open) implements Order<R> {}

    /** Somebody else shall lead. */
    record Transfer<R>(Optional<NodeId> to) implements Order<R> {}

    /** A connection ended. */
    record Lost<R>(NodeId peer) implements Order<R> {}
  }

  /**
   * A proposal whose listener has not been called; no payload, so that it can be forgotten early.
   */
  record OpenProposal<R>(ProposalListener<R> listener, int bytes) {}

  /**
   * Reads taken up in one pass: they share one read index.
   *
   * @param askedAtNanos a moment before the core was asked
   */
  record ReadGroup(long askedAtNanos, List<ReadListener> listeners) {}
}
