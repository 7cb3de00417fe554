package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The interner of the apply thread: service keys from the table, texts from a cache of fixed size
 * in which a newcomer takes the place of whoever hashes alike.
 */
final class HeapInterner implements Interner {
  private static final int TEXTS_MAX = 1 << 12;
  private static final int TEXT_CHARACTERS_MAX = 64;

  private final InstanceTable instances;
  private final String[] texts = new String[TEXTS_MAX];

  HeapInterner(InstanceTable instances) {
    this.instances = instances;
    Arrays.fill(texts, "");
  }

  @Override
  public ServiceKey service(ServiceKey key) {
    return instances.canonical(key);
  }

  @Override
  public String text(String text) {
    if (text.length() > TEXT_CHARACTERS_MAX) {
      return text;
    }
    int slot = slot(text.hashCode());
    String known = texts[slot];
    if (known.equals(text)) {
      return known;
    }
    texts[slot] = text;
    return text;
  }

  @Override
  public @Nullable String known(byte[] bytes, int from, int length) {
    if (length > TEXT_CHARACTERS_MAX) {
      return null;
    }
    // As String has it of ASCII.
    int hash = 0;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    String known = texts[slot(hash)];
    return isIn(bytes, from, length, known) ? known : null;
  }

  private static boolean isIn(byte[] bytes, int from, int length, String text) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  private static int slot(int hash) {
    return (hash ^ hash >>> 16) & (TEXTS_MAX - 1);
  }
}
