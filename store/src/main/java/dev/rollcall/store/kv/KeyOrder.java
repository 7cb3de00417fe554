package dev.rollcall.store.kv;

import java.util.Comparator;

/**
 * The order of keys: byte by byte of their UTF-8, as their rows sort. Not that of {@link
 * String#compareTo}, which has some characters of the last planes before others of the first.
 */
public final class KeyOrder implements Comparator<String> {
  /** The one there is. */
  public static final KeyOrder INSTANCE = new KeyOrder();

  private KeyOrder() {}

  @Override
  public int compare(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        // Surrogates stand for characters behind all that need none.
        return Character.isSurrogate(a) == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : Character.isSurrogate(a) ? 1 : -1;
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
