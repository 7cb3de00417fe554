package dev.rollcall.store.instance;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A small sorted map of texts that never changes, in one array: there is one for each of a million
 * instances, and a tree takes four times the memory. Any thread.
 */
// The values of instances have the older type.
@SuppressWarnings("JdkObsolete")
public final class SortedPairs extends AbstractMap<String, String>
    implements SortedMap<String, String> {
  private static final SortedPairs EMPTY = new SortedPairs(new String[0]);

  /** Key, value, key, value; in order of key. */
  private final String[] pairs;

  private SortedPairs(String[] pairs) {
    this.pairs = pairs;
  }

  /** A copy of the map. */
  public static SortedPairs copyOf(Map<String, String> map) {
    if (map instanceof SortedPairs already) {
      return already;
    }
    var sorted =
        map instanceof SortedMap<?, ?> s && s.comparator() == null ? map : new TreeMap<>(map);
    var pairs = new String[2 * sorted.size()];
    int at = 0;
    for (var pair : sorted.entrySet()) {
      pairs[at] = pair.getKey();
      pairs[at + 1] = pair.getValue();
      at += 2;
    }
    return of(pairs);
  }

  /**
   * Of keys and values in turn, which are taken over.
   *
   * @throws IllegalArgumentException when the keys do not rise
   */
  public static SortedPairs of(String[] pairs) {
    for (int i = 2; i < pairs.length; i += 2) {
      if (pairs[i - 2].compareTo(pairs[i]) >= 0) {
        throw new IllegalArgumentException("'%s' before '%s'".formatted(pairs[i - 2], pairs[i]));
      }
    }
    return pairs.length == 0 ? EMPTY : new SortedPairs(pairs);
  }

  @Override
  public int size() {
    return pairs.length / 2;
  }

  @Override
  public @Nullable String get(Object key) {
    if (key instanceof String text) {
      int at = from(text);
      if (at < pairs.length && pairs[at].equals(text)) {
        return pairs[at + 1];
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(Object key) {
    return get(key) != null;
  }

  @Override
  public @Nullable Comparator<? super String> comparator() {
    return null;
  }

  @Override
  public String firstKey() {
    return key(0);
  }

  @Override
  public String lastKey() {
    return key(pairs.length - 2);
  }

  @Override
  public SortedMap<String, String> subMap(String fromKey, String toKey) {
    if (fromKey.compareTo(toKey) > 0) {
      throw new IllegalArgumentException("'%s' before '%s'".formatted(fromKey, toKey));
    }
    return of(Arrays.copyOfRange(pairs, from(fromKey), from(toKey)));
  }

  @Override
  public SortedMap<String, String> headMap(String toKey) {
    return of(Arrays.copyOf(pairs, from(toKey)));
  }

  @Override
  public SortedMap<String, String> tailMap(String fromKey) {
    return of(Arrays.copyOfRange(pairs, from(fromKey), pairs.length));
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    return new Entries();
  }

  /** Where the first key stands that is not below this one. */
  private int from(String key) {
    int at = 0;
    while (at < pairs.length && pairs[at].compareTo(key) < 0) {
      at += 2;
    }
    return at;
  }

  private String key(int at) {
    if (pairs.length == 0) {
      throw new NoSuchElementException();
    }
    return pairs[at];
  }

  private final class Entries extends AbstractSet<Map.Entry<String, String>> {
    @Override
    public int size() {
      return pairs.length / 2;
    }

    @Override
    public Iterator<Map.Entry<String, String>> iterator() {
      return new Iterator<>() {
        private int at;

        @Override
        public boolean hasNext() {
          return at < pairs.length;
        }

        @Override
        public Map.Entry<String, String> next() {
          if (at >= pairs.length) {
            throw new NoSuchElementException();
          }
          at += 2;
          return Map.entry(pairs[at - 2], pairs[at - 1]);
        }
      };
    }
  }
}
