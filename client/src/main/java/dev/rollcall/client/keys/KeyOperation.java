package dev.rollcall.client.keys;

/** One operation of a transaction. */
public sealed interface KeyOperation {
  /** Reads a key. */
  static KeyOperation get(String key) {
    return new Get(key);
  }

  /** Reads keys that begin so, 1,000 at most. */
  static KeyOperation range(String prefix) {
    return new Range(prefix, 0);
  }

  /** Sets a key, which goes with no lease. */
  static KeyOperation put(String key, Value value) {
    return new Put(key, value, 0);
  }

  /** Deletes a key. */
  static KeyOperation delete(String key) {
    return new Delete(key, false);
  }

  /** Deletes all keys that begin so. */
  static KeyOperation deletePrefix(String prefix) {
    return new Delete(prefix, true);
  }

  /** See {@link KeyOperation#get}. */
  record Get(String key) implements KeyOperation {}

  /**
   * See {@link KeyOperation#range}.
   *
   * @param limit at most so many, 1 to 1,000; 0 means 1,000
   */
  record Range(String prefix, int limit) implements KeyOperation {}

  /**
   * See {@link KeyOperation#put}.
   *
   * @param leaseId with which it goes; 0 for none
   */
  record Put(String key, Value value, long leaseId) implements KeyOperation {}

  /** See {@link KeyOperation#delete} and {@link KeyOperation#deletePrefix}. */
  record Delete(String key, boolean isPrefix) implements KeyOperation {}
}
