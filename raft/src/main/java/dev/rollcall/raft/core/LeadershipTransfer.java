package dev.rollcall.raft.core;

import dev.rollcall.raft.core.RaftEvent.Proposal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A leader's hand-over to another voter (thesis §3.10), and the proposals that wait for its end.
 *
 * <table>
 *   <caption>Life of a hand-over</caption>
 *   <tr><th>state</th><th>next</th></tr>
 *   <tr><td>none</td><td>waiting, by {@link #begin}</td></tr>
 *   <tr><td>waiting: until the target has the whole log, to which nothing is added meanwhile</td>
 *       <td>told, by {@link #tell}: it is to stand for election</td></tr>
 *   <tr><td>told: until somebody of a higher term is heard</td><td>none, by {@link #end}: this node
 *       leads no more, and refuses what was parked</td></tr>
 *   <tr><td>waiting or told, and the time is up</td><td>none, by {@link #end}: this node goes on
 *       leading, and appends what was parked</td></tr>
 * </table>
 *
 * <p>No proposal is refused because of a hand-over that fails, nor appended by a leader that has
 * let go: the target's log would be short of it, and the election lost.
 */
final class LeadershipTransfer {
  private final List<Proposal> parked = new ArrayList<>();
  private @Nullable NodeId target;
  private boolean told;
  private int ticksLeft;
  private long parkedBytes;

  boolean isUnderWay() {
    return target != null;
  }

  /** Whoever is to be told once it has the whole log; null when there is nobody, or it was told. */
  @Nullable NodeId targetToTell() {
    return told ? null : target;
  }

  /** What waits, counted like entries. */
  long parkedBytes() {
    return parkedBytes;
  }

  void begin(NodeId to, int ticksMax) {
    Invariant.check(target == null, "hands over to %s, and to another", to);
    target = to;
    told = false;
    ticksLeft = ticksMax;
  }

  void tell() {
    told = true;
  }

  void park(Proposal proposal) {
    parked.add(proposal);
    parkedBytes += Entry.OVERHEAD_BYTES + (long) proposal.payload().length();
  }

  /** One tick; whether the time is up. */
  boolean tick() {
    if (target == null) {
      return false;
    }
    ticksLeft--;
    return ticksLeft <= 0;
  }

  /** It is over one way or the other; returns what was parked, in order. */
  List<Proposal> end() {
    List<Proposal> waiting = List.copyOf(parked);
    parked.clear();
    parkedBytes = 0;
    target = null;
    return waiting;
  }
}
