package dev.rollcall.store;

import dev.rollcall.store.instance.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * Replaces values by equal ones that are on the heap already: instances of one service, and of one
 * program, are much alike. What comes back equals what went in, to the letter.
 */
interface Interner {
  /** Keeps everything as it is. */
  Interner NONE =
      new Interner() {
        @Override
        public ServiceKey service(ServiceKey key) {
          return key;
        }

        @Override
        public String text(String text) {
          return text;
        }
      };

  /** An equal key, spelled the same. */
  ServiceKey service(ServiceKey key);

  /** An equal text. */
  String text(String text);

  /** The text in these bytes when it is all ASCII and known; null says nothing. */
  default @Nullable String known(byte[] bytes, int from, int length) {
    return null;
  }
}
