package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.driver.Inbox.OpenProposal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Proposals that were appended here and wait for their index to be applied. Their fate is known
 * then and not before: losing leadership decides nothing, a later leader may still commit them.
 * Until then one index may be claimed by several, each of another term, since a log is overwritten
 * and extended again.
 *
 * <p>One run per term in which this node led, indexes ascending within it; nearly always there is
 * one.
 */
final class PendingProposals<R> {
  private final List<Run<R>> runs = new ArrayList<>();

  /** Comes before the entry is applied, in the order of appending. */
  void add(EntryId id, OpenProposal<R> proposal) {
    Run<R> last = runs.isEmpty() ? null : runs.getLast();
    if (last == null || last.term != id.term()) {
      last = new Run<>(id.term());
      runs.add(last);
    }
    last.add(id.index(), proposal);
  }

  /** Tells {@code fates} of every proposal at the index of this entry, which has been applied. */
  void applied(EntryId id, Fates<R> fates) {
    for (Run<R> run : runs) {
      run.applied(id, fates);
    }
  }

  /**
   * The state has jumped to this index: what became of proposals up to there will never be known.
   *
   * @param forgotten gets each of them
   */
  void jumpedTo(long index, Consumer<OpenProposal<R>> forgotten) {
    for (Run<R> run : runs) {
      while (!run.open.isEmpty() && run.open.getFirst().index <= index) {
        forgotten.accept(run.open.remove().proposal);
      }
    }
  }

  /** Forgets runs that are done; to be called now and then. */
  void trim() {
    runs.removeIf(run -> run.open.isEmpty());
  }

  /** Hears what became of a proposal. */
  interface Fates<R> {
    /** The entry at its index is, or is not, the proposal's own. */
    void decided(OpenProposal<R> proposal, boolean own);
  }

  private static final class Run<R> {
    private final long term;
    private final Deque<At<R>> open = new ArrayDeque<>();

    private Run(long term) {
      this.term = term;
    }

    private void add(long index, OpenProposal<R> proposal) {
      Invariant.check(
          open.isEmpty() || open.getLast().index < index,
          "proposal at %d after one at a higher index in term %d",
          index,
          term);
      open.add(new At<>(index, proposal));
    }

    private void applied(EntryId id, Fates<R> fates) {
      At<R> first = open.peek();
      if (first == null || first.index > id.index()) {
        return;
      }
      Invariant.check(
          first.index == id.index(), "index %d applied, %d passed over", id.index(), first.index);
      open.remove();
      fates.decided(first.proposal, id.term() == term);
    }
  }

  private record At<R>(long index, OpenProposal<R> proposal) {}
}
