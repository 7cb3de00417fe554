package dev.rollcall.store.filter;

import java.util.List;
import java.util.function.Predicate;

/**
 * A part of a filter: holds for a thing or does not. Each knows its text, to be shown to those who
 * ask why something was not wanted.
 *
 * @param <T> kind of things
 */
sealed interface Expression<T> {
  boolean matches(T thing);

  /** The narrowest part that must hold and does not, of an expression that does not. */
  String unmet(T thing);

  /** One question. */
  record Test<T>(Predicate<T> holds, String text) implements Expression<T> {
    @Override
    public boolean matches(T thing) {
      return holds.test(thing);
    }

    @Override
    public String unmet(T thing) {
      return text;
    }
  }

  /** Holds where another does not. */
  record Not<T>(Expression<T> inner, String text) implements Expression<T> {
    @Override
    public boolean matches(T thing) {
      return !inner.matches(thing);
    }

    @Override
    public String unmet(T thing) {
      return text;
    }
  }

  /** Holds where all of these do; asked in order, up to the first that does not. */
  record All<T>(List<Expression<T>> parts) implements Expression<T> {
    @Override
    public boolean matches(T thing) {
      for (Expression<T> part : parts) {
        if (!part.matches(thing)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String unmet(T thing) {
      return parts.stream()
          .filter(part -> !part.matches(thing))
          .findFirst()
          .map(part -> part.unmet(thing))
          .orElse("");
    }
  }

  /** Holds where one of these does; asked in order, up to the first that does. */
  record Any<T>(List<Expression<T>> parts, String text) implements Expression<T> {
    @Override
    public boolean matches(T thing) {
      for (Expression<T> part : parts) {
        if (part.matches(thing)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String unmet(T thing) {
      return text;
    }
  }
}
