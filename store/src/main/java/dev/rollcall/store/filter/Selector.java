package dev.rollcall.store.filter;

import java.util.Collection;
import java.util.function.Function;

/**
 * What a name in a filter stands for in a thing.
 *
 * @param <T> kind of things
 */
sealed interface Selector<T> {
  /** One text; empty where a thing has none. */
  record Text<T>(Function<T, String> of) implements Selector<T> {}

  /** Several words. */
  record Words<T>(Function<T, Collection<String>> of) implements Selector<T> {}
}
