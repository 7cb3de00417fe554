package dev.rollcall.chaos.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides whether a history is linearizable (Wing and Gong 1993, with the memory of Lowe 2017 and
 * the partition into parts of Horn and Kroening 2015): complete, so exponential at worst; what
 * bounds it in practice is how many operations overlap.
 */
public final class LinearizabilityChecker {
  private LinearizabilityChecker() {}

  /**
   * Checks the parts of a history one after the other, in order of their first operation.
   *
   * @param history in any order, without operations that certainly had no effect and no answer
   * @param budget for all parts together
   */
  public static <S, I, O> Verdict check(
      Model<S, I, O> model, List<Operation<I, O>> history, Budget budget) {
    Map<String, List<Operation<I, O>>> parts = new LinkedHashMap<>();
    for (var operation : history) {
      parts
          .computeIfAbsent(model.part(operation.input()), part -> new ArrayList<>())
          .add(operation);
    }
    for (var part : parts.entrySet()) {
      var search = new Search<>(model, part.getValue(), budget);
      switch (search.run()) {
        case FOUND -> {}
        case EXHAUSTED -> {
          return new Verdict.NotLinearizable(
              budget.spent(), part.getKey(), search.longest(), search.stuck());
        }
        case OUT_OF_BUDGET -> {
          return new Verdict.TimedOut(budget.spent(), part.getKey());
        }
      }
    }
    return new Verdict.Linearizable(budget.spent());
  }
}
