package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.ReadIndexResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads that wait on a leader for proof that it leads (thesis §6.4), its own and its followers'.
 *
 * <table>
 *   <caption>Life of a read</caption>
 *   <tr><th>state</th><th>next</th></tr>
 *   <tr><td>waiting: asked for, in no round. Stays so until the leader's own no-op is committed,
 *       because before that it may not know of everything that is committed</td>
 *       <td>in a round, by {@link #begin}</td></tr>
 *   <tr><td>in a round: with the commit index as of the round's beginning</td>
 *       <td>answered, by {@link #confirm} of its round or a later one</td></tr>
 *   <tr><td>any</td><td>failed, by {@link #fail}, when leadership is lost</td></tr>
 * </table>
 */
final class ReadIndexQueue {
  private record RemoteRead(NodeId from, long nonce) {}

  private record Round(long number, long index, List<Long> readIds, List<RemoteRead> remote) {}

  private final Outbox out;
  private final ArrayDeque<Round> rounds = new ArrayDeque<>();
  private List<Long> waiting = new ArrayList<>();
  private List<RemoteRead> waitingRemote = new ArrayList<>();

  ReadIndexQueue(Outbox out) {
    this.out = out;
  }

  void add(long readId) {
    waiting.add(readId);
  }

  void add(NodeId from, long nonce) {
    waitingRemote.add(new RemoteRead(from, nonce));
  }

  boolean hasWaiting() {
    return !waiting.isEmpty() || !waitingRemote.isEmpty();
  }

  /** A round begins, with the reads that are waiting or with none. */
  void begin(long number, long commitIndex) {
    rounds.add(new Round(number, commitIndex, waiting, waitingRemote));
    waiting = new ArrayList<>();
    waitingRemote = new ArrayList<>();
  }

  /** A quorum has answered this round; whether that is news of a round that was begun here. */
  boolean confirm(long number, long term) {
    boolean news = false;
    while (!rounds.isEmpty() && rounds.peek().number() <= number) {
      Round round = rounds.remove();
      for (long readId : round.readIds()) {
        out.read(new Ready.ReadState(readId, round.index()));
      }
      for (RemoteRead read : round.remote()) {
        out.send(read.from(), new ReadIndexResponse(term, read.nonce(), round.index()));
      }
      news = true;
    }
    return news;
  }

  /** Leadership is lost; {@code term} is the term as of now. */
  void fail(long term) {
    begin(0, 0);
    for (Round round : rounds) {
      round.readIds().forEach(out::failedRead);
      for (RemoteRead read : round.remote()) {
        out.send(read.from(), new ReadIndexResponse(term, read.nonce(), 0));
      }
    }
    rounds.clear();
  }
}
