package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Arrays;

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
    int hash = text.hashCode();
    int slot = (hash ^ hash >>> 16) & (TEXTS_MAX - 1);
    String known = texts[slot];
    if (known.equals(text)) {
      return known;
    }
    texts[slot] = text;
    return text;
  }
}
