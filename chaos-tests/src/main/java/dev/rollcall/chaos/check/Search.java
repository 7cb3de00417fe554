package dev.rollcall.chaos.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The search for one part. Calls and returns stand in a list in order of time. Any operation whose
 * call comes before the first return left may take effect next; it and its return then leave the
 * list. At a return whose operation has not taken effect the last choice was wrong. A set of
 * operations and the state they lead to is tried once: whichever way it is reached again, the rest
 * is the same.
 *
 * <p>Open operations have no return. They may take effect or not, so they are done with when all
 * others are.
 */
final class Search<S, I, O> {
  /** How a search ends. */
  enum End {
    FOUND,
    EXHAUSTED,
    OUT_OF_BUDGET
  }

  /** Before the first place in the list. */
  private static final int HEAD = 0;

  private final Model<S, I, O> model;
  private final Budget budget;
  private final List<Operation<I, O>> operations;

  // The list: each place holds a call (number of the operation) or a return (its complement).
  private final int[] held;
  private final int[] next;
  private final int[] previous;
  private final int[] placeOfCall;
  private final int[] placeOfReturn;

  private final Chosen chosen;
  private final Set<Visited> visited = new HashSet<>();
  private final List<Choice<S>> choices = new ArrayList<>();
  private S state;
  private int returnsLeft;

  private List<Operation<?, ?>> longest = List.of();
  private int stuck;

  private record Choice<S>(int operation, S stateBefore) {}

  private record Visited(Chosen.Copy operations, Object state) {}

  Search(Model<S, I, O> model, List<Operation<I, O>> history, Budget budget) {
    this.model = model;
    this.budget = budget;
    operations = new ArrayList<>(history);
    operations.sort(Comparator.comparingLong(Operation::called));
    int count = operations.size();
    held = new int[2 * count + 1];
    next = new int[2 * count + 2];
    previous = new int[2 * count + 2];
    placeOfCall = new int[count];
    placeOfReturn = new int[count];
    chosen = new Chosen(count);
    state = model.initial();
    fillList();
  }

  /** Merges calls and returns by time; in one moment calls come first, so they are concurrent. */
  private void fillList() {
    var byReturn = new ArrayList<Integer>();
    for (int operation = 0; operation < operations.size(); operation++) {
      if (!operations.get(operation).isOpen()) {
        byReturn.add(operation);
      }
    }
    byReturn.sort(Comparator.comparingLong(operation -> operations.get(operation).returned()));
    returnsLeft = byReturn.size();
    int place = 0;
    int call = 0;
    for (int returning : byReturn) {
      long moment = operations.get(returning).returned();
      while (call < operations.size() && operations.get(call).called() <= moment) {
        held[++place] = call;
        placeOfCall[call++] = place;
      }
      held[++place] = ~returning;
      placeOfReturn[returning] = place;
    }
    // An open operation that began after the last return explains nothing: it is left out.
    for (int each = 0; each <= place; each++) {
      next[each] = each + 1;
      previous[each + 1] = each;
    }
  }

  End run() {
    int place = next[HEAD];
    while (returnsLeft > 0) {
      int operation = held[place];
      if (operation < 0) {
        remember(~operation);
        if (choices.isEmpty()) {
          return End.EXHAUSTED;
        }
        place = next[takeBack()];
        continue;
      }
      if (!budget.spend()) {
        return End.OUT_OF_BUDGET;
      }
      place = choose(operation) ? next[HEAD] : next[place];
    }
    return End.FOUND;
  }

  List<Operation<?, ?>> longest() {
    return longest;
  }

  Operation<?, ?> stuck() {
    return operations.get(stuck);
  }

  private boolean choose(int operation) {
    var tried = operations.get(operation);
    Optional<S> after = model.step(state, tried.input(), tried.output());
    // What may be left out and changes nothing is left out.
    if (after.isEmpty() || (tried.isOpen() && after.get().equals(state))) {
      return false;
    }
    chosen.add(operation);
    if (!visited.add(new Visited(chosen.copy(), after.get()))) {
      chosen.remove(operation);
      return false;
    }
    choices.add(new Choice<>(operation, state));
    state = after.get();
    unlink(placeOfCall[operation]);
    if (!tried.isOpen()) {
      unlink(placeOfReturn[operation]);
      returnsLeft--;
    }
    return true;
  }

  /** Undoes the last choice; returns the place of its call. */
  private int takeBack() {
    var last = choices.removeLast();
    int operation = last.operation;
    state = last.stateBefore;
    chosen.remove(operation);
    if (!operations.get(operation).isOpen()) {
      link(placeOfReturn[operation]);
      returnsLeft++;
    }
    link(placeOfCall[operation]);
    return placeOfCall[operation];
  }

  private void unlink(int place) {
    next[previous[place]] = next[place];
    previous[next[place]] = previous[place];
  }

  private void link(int place) {
    next[previous[place]] = place;
    previous[next[place]] = place;
  }

  private void remember(int returning) {
    if (longest.isEmpty() || choices.size() > longest.size()) {
      stuck = returning;
      var order = new ArrayList<Operation<?, ?>>(choices.size());
      choices.forEach(choice -> order.add(operations.get(choice.operation)));
      longest = order;
    }
  }
}
