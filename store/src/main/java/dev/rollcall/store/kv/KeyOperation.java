package dev.rollcall.store.kv;

import com.google.protobuf.ByteString;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;

/** One step of a transaction. */
public sealed interface KeyOperation {
  /** Reads a key. */
  record Get(String key) implements KeyOperation {
    public Get {
      KeyRules.requireKey(key);
    }
  }

  /**
   * Reads keys that begin with a prefix.
   *
   * @param limit 1 to {@link #LIMIT_MAX}
   */
  record Range(String prefix, int limit) implements KeyOperation {
    /** Keys that one of them reads. */
    public static final int LIMIT_MAX = 1_000;

    public Range {
      KeyRules.requirePrefix(prefix);
      if (limit < 1 || limit > LIMIT_MAX) {
        throw new InvalidRequest(
            Rule.OTHER,
            "limit must be 1 to " + LIMIT_MAX + ", not " + Integer.toUnsignedString(limit));
      }
    }
  }

  /**
   * Sets a key.
   *
   * @param leaseId with which it goes; 0 for none
   */
  record Put(String key, ByteString value, long leaseId) implements KeyOperation {
    public Put {
      KeyRules.requireKey(key);
      KeyRules.requireValue(value);
      if (leaseId < 0) {
        throw new InvalidRequest(Rule.OTHER, "lease id must not be negative: " + leaseId);
      }
    }
  }

  /**
   * Deletes keys.
   *
   * @param key which one; or, of all that are to go, what they begin with
   */
  record Delete(String key, boolean isPrefix) implements KeyOperation {
    public Delete {
      if (isPrefix) {
        KeyRules.requirePrefix(key);
      } else {
        KeyRules.requireKey(key);
      }
    }
  }
}
