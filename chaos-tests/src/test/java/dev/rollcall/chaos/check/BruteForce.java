package dev.rollcall.chaos.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tries every order of a history, all parts of it at once: too slow for more than a handful of
 * operations, and too simple to be wrong.
 */
final class BruteForce<S, I, O> {
  private final Model<S, I, O> model;
  private final List<Operation<I, O>> history;

  BruteForce(Model<S, I, O> model, List<Operation<I, O>> history) {
    this.model = model;
    this.history = history;
  }

  boolean isLinearizable() {
    return isLinearizable(new HashMap<>(), (1 << history.size()) - 1);
  }

  /**
   * @param left bit set of the operations that have not taken effect yet
   */
  private boolean isLinearizable(Map<String, S> states, int left) {
    boolean isOver = true;
    for (int next = 0; next < history.size(); next++) {
      if ((left >> next & 1) == 1) {
        var operation = history.get(next);
        isOver &= operation.isOpen();
        String part = model.part(operation.input());
        var state = states.getOrDefault(part, model.initial());
        var after = model.step(state, operation.input(), operation.output());
        if (after.isPresent() && isNobodyBefore(operation, left)) {
          var statesAfter = new HashMap<>(states);
          statesAfter.put(part, after.get());
          if (isLinearizable(statesAfter, left & ~(1 << next))) {
            return true;
          }
        }
      }
    }
    return isOver;
  }

  private boolean isNobodyBefore(Operation<I, O> operation, int left) {
    for (int other = 0; other < history.size(); other++) {
      if ((left >> other & 1) == 1 && history.get(other).returned() < operation.called()) {
        return false;
      }
    }
    return true;
  }
}
