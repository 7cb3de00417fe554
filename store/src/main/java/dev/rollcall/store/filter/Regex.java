package dev.rollcall.store.filter;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.function.Predicate;

/** Regular expressions in filters: RE2's, which take linear time whatever they are given. */
final class Regex {
  /** What counted repetitions may come to, nested ones multiplied: each is unrolled. */
  private static final long REPETITIONS_MAX = 1_000;

  private static final Pattern COUNT = Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{0,9}))?\\}");

  private Regex() {}

  /**
   * Whether a text contains a match.
   *
   * @param position of the expression in the filter
   */
  static Predicate<String> find(String expression, int position) {
    long repetitions = 1;
    Matcher count = COUNT.matcher(expression);
    while (count.find()) {
      String most = count.group(2);
      String number = most == null || most.isEmpty() ? count.group(1) : most;
      repetitions *= Math.max(1, Long.parseLong(number));
      if (repetitions > REPETITIONS_MAX) {
        throw Lexer.invalid(
            position, "the regular expression's counts multiply to over " + REPETITIONS_MAX);
      }
    }
    try {
      Pattern pattern = Pattern.compile(expression);
      return text -> pattern.matcher(text).find();
    } catch (PatternSyntaxException e) {
      throw Lexer.invalid(position, "no regular expression of RE2's syntax: " + e.getDescription());
    }
  }
}
