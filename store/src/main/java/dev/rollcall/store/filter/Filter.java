package dev.rollcall.store.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.RegisteredInstance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells instances that are wanted from those that are not. Immutable; any thread. Asking takes time
 * linear in the instance's size and in the filter's, whatever the filter says.
 */
public final class Filter {
  /** Longest filter, in bytes of UTF-8. */
  public static final int BYTES_MAX = 4 << 10;

  /** How deep parentheses and negations may be nested. */
  public static final int DEPTH_MAX = 16;

  private static final Filter ALL = new Filter("", new Expression.All<>(List.of()));

  private final String text;
  private final Expression<RegisteredInstance> expression;

  private Filter(String text, Expression<RegisteredInstance> expression) {
    this.text = text;
    this.expression = expression;
  }

  /**
   * Reads a filter; an empty one wants everything.
   *
   * @throws InvalidRequest of {@link Rule#INVALID_FILTER} when it is too long, nested too deep, or
   *     no filter; the message says where, counted in characters from 1
   */
  public static Filter parse(String text) {
    if (text.isBlank()) {
      return ALL;
    }
    return new Filter(text, expression(text, InstanceVocabulary.INSTANCES));
  }

  static <T> Expression<T> expression(String text, Vocabulary<T> vocabulary) {
    if (text.length() > BYTES_MAX || text.getBytes(UTF_8).length > BYTES_MAX) {
      throw new InvalidRequest(
          Rule.INVALID_FILTER, "a filter has at most " + BYTES_MAX + " bytes of UTF-8");
    }
    return new Parser<>(new Lexer(text), vocabulary).parse();
  }

  /** Whether the instance is wanted. */
  public boolean matches(RegisteredInstance instance) {
    return expression.matches(instance);
  }

  /** Wants what both want. */
  public Filter and(Filter other) {
    if (isAll()) {
      return other;
    }
    return other.isAll()
        ? this
        : new Filter(
            "(" + text + ") and (" + other.text + ")",
            new Expression.All<>(List.of(expression, other.expression)));
  }

  /**
   * The narrowest part of the filter that would have to hold and does not, as it was written, of an
   * instance that is not wanted.
   */
  public String unmet(RegisteredInstance instance) {
    return expression.unmet(instance);
  }

  /** Whether everything is wanted, so that nobody need ask. */
  public boolean isAll() {
    return text.isEmpty();
  }

  /** Filters are alike that are written alike. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof Filter that && text.equals(that.text));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
