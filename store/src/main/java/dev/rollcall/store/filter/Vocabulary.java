package dev.rollcall.store.filter;

import java.util.Optional;

/**
 * What the names in a filter stand for.
 *
 * @param <T> kind of things that the filter is asked about
 */
interface Vocabulary<T> {
  /** What a name without brackets stands for; empty when nothing has it. */
  Optional<Selector<T>> named(String name);

  /** The name of the pairs whose keys may stand in brackets. */
  String pairs();

  /** The value under a key of those pairs, whatever characters it has. */
  Selector<T> keyed(String key);

  /** For people: what names there are. */
  String names();
}
