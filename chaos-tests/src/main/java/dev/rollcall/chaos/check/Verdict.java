package dev.rollcall.chaos.check;

import java.util.List;

/** What came of checking a history. Only the first is a pass. */
public sealed interface Verdict {
  /** Steps of the model that the search took. */
  long steps();

  /** There is an order that respects real time and gives every answer. */
  record Linearizable(long steps) implements Verdict {
    @Override
    public String toString() {
      return "linearizable, found in " + steps + " steps";
    }
  }

  /**
   * There is none.
   *
   * @param part of the object at which the search failed
   * @param longest the longest order that was found for a beginning of the history
   * @param stuck the operation that returned and could not be put behind it, nor anywhere else
   */
  record NotLinearizable(
      long steps, String part, List<Operation<?, ?>> longest, Operation<?, ?> stuck)
      implements Verdict {
    private static final int SHOWN = 8;

    public NotLinearizable {
      longest = List.copyOf(longest);
    }

    @Override
    public String toString() {
      var text = new StringBuilder("not linearizable");
      text.append(part.isEmpty() ? "" : " at " + part);
      text.append(": the longest order has ").append(longest.size()).append(" operations and ends");
      longest.stream()
          .skip(Math.max(0, longest.size() - SHOWN))
          .forEach(each -> text.append("\n  ").append(each));
      return text.append("\nand this finds no place:\n  ").append(stuck).toString();
    }
  }

  /** The search was given up: nobody knows. Counts as a failure everywhere. */
  record TimedOut(long steps, String part) implements Verdict {
    @Override
    public String toString() {
      return "timed out after " + steps + " steps" + (part.isEmpty() ? "" : " at " + part);
    }
  }
}
