package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.PreVoteResponse;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Node 1 of a group whose other nodes are played by the test. It waits 41 ticks, FixedWait says.
 */
final class LoneNode {
  final TestNode node;
  final List<TraceEvent> trace = new ArrayList<>();

  LoneNode(MemoryDisk disk, RaftConfig config) {
    node = new TestNode(Members.id(1), disk, config, new FixedWait(1), trace::add);
  }

  /** In a group of 1 to {@code size}, with commands of these terms after entry 1/1. */
  static LoneNode of(int size, long... terms) {
    long[] numbers = new long[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i + 1L;
    }
    return new LoneNode(new MemoryDisk(Members.voters(numbers)).with(terms), RaftConfig.DEFAULT);
  }

  RaftCore core() {
    return node.core();
  }

  void receive(long from, Message message) {
    node.receive(from, message);
  }

  /** Everything that was to be done is done: written, durable, applied. Returns what was sent. */
  List<Outbound> settle() {
    var sent = new ArrayList<Outbound>();
    boolean quiet = false;
    while (!quiet) {
      quiet = true;
      while (node.core().hasReady()) {
        sent.addAll(node.ready().toSend());
        quiet = false;
      }
      if (node.writesInFlight() > 0) {
        node.sync(node.writesInFlight());
        quiet = false;
      }
      if (node.hasToApply()) {
        node.applyAll();
        quiet = false;
      }
    }
    return sent;
  }

  /** What it answers to this message, all told, to whoever sent it. */
  List<Message> answers(long from, Message message) {
    settle();
    receive(from, message);
    return settle().stream()
        .filter(outbound -> outbound.to().equals(Members.id(from)))
        .map(Outbound::message)
        .toList();
  }

  /** Its only answer to this message. */
  Message answer(long from, Message message) {
    List<Message> answers = answers(from, message);
    if (answers.size() != 1) {
      throw new AssertionError("expected one answer: " + answers);
    }
    return answers.getFirst();
  }

  /** Waits for an election timeout to pass, and for the others to be asked. */
  List<Outbound> campaign() {
    node.tick(41);
    return settle();
  }

  /** Becomes a candidate: all others would vote for it. */
  List<Outbound> stand() {
    campaign();
    long term = core().currentTerm() + 1;
    return fromOthers(from -> new PreVoteResponse(term, true));
  }

  /** Becomes leader by the votes of all others. */
  List<Outbound> lead() {
    stand();
    long term = core().currentTerm();
    return fromOthers(from -> new RequestVoteResponse(term, true));
  }

  /** Becomes leader; all others have all its log, so that all of that is committed. */
  void leadAndCommit() {
    lead();
    acknowledge();
  }

  /** All others have all its log. */
  List<Outbound> acknowledge() {
    return fromOthers(from -> success(core().lastIndex()));
  }

  /**
   * All others have everything up to {@code index}; this node's own disk does nothing meanwhile.
   */
  void acknowledgeWithoutSync(long index) {
    for (Member member : core().configuration().members()) {
      if (!member.id().equals(node.id())) {
        receive(member.id().low(), success(index));
      }
    }
  }

  /** That a follower has everything up to {@code index}. */
  AppendEntriesResponse success(long index) {
    return new AppendEntriesResponse(core().currentTerm(), true, index, 0, index);
  }

  private List<Outbound> fromOthers(LongFunction<Message> message) {
    for (Member member : core().configuration().members()) {
      if (!member.id().equals(node.id())) {
        receive(member.id().low(), message.apply(member.id().low()));
      }
    }
    return settle();
  }
}
