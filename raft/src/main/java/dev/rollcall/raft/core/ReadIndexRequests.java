package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.ReadIndexRequest;
import dev.rollcall.raft.core.Message.ReadIndexResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads that wait on a follower for an index from its leader. All that arrive between two Readys
 * share one request, known by a nonce that no other request of any life of this node has had: an
 * answer to an older request says nothing about newer reads. A request that is not answered within
 * an election timeout, or whose leader is gone, fails its reads; the reader may ask again.
 */
final class ReadIndexRequests {
  private record Request(long nonce, long deadline, List<Long> readIds) {}

  private final Outbox out;
  private final int timeoutTicks;
  private final ArrayDeque<Request> asked = new ArrayDeque<>();
  private List<Long> waiting = new ArrayList<>();
  private long nextNonce;
  private long now;

  ReadIndexRequests(Outbox out, int timeoutTicks, long firstNonce) {
    this.out = out;
    this.timeoutTicks = timeoutTicks;
    this.nextNonce = firstNonce;
  }

  void add(long readId) {
    waiting.add(readId);
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /** Sends the leader one request for all reads that are waiting. */
  void ask(NodeId leader, long term) {
    out.send(leader, new ReadIndexRequest(term, nextNonce));
    asked.add(new Request(nextNonce, now + timeoutTicks, waiting));
    nextNonce++;
    waiting = new ArrayList<>();
  }

  /** The leader answered; answers that nobody waits for any more are late and mean nothing. */
  void answered(ReadIndexResponse answer) {
    var each = asked.iterator();
    while (each.hasNext()) {
      Request request = each.next();
      if (request.nonce() == answer.nonce()) {
        each.remove();
        finish(request, answer.index());
        return;
      }
    }
  }

  void tick() {
    now++;
    while (!asked.isEmpty() && asked.peek().deadline() <= now) {
      finish(asked.remove(), 0);
    }
  }

  /** The leader is gone, or another one. */
  void fail() {
    waiting.forEach(out::failedRead);
    waiting = new ArrayList<>();
    while (!asked.isEmpty()) {
      finish(asked.remove(), 0);
    }
  }

  private void finish(Request request, long index) {
    for (long readId : request.readIds()) {
      if (index == 0) {
        out.failedRead(readId);
      } else {
        out.read(new Ready.ReadState(readId, index));
      }
    }
  }
}
