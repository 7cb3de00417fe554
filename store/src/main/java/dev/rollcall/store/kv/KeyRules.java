package dev.rollcall.store.kv;

import com.google.protobuf.ByteString;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;

/** The rules for keys and values. Each check throws {@link InvalidRequest}. */
public final class KeyRules {
  /** Bytes of a key in UTF-8, and of a prefix. */
  public static final int KEY_BYTES_MAX = 1_024;

  /** Bytes of a value. */
  public static final int VALUE_BYTES_MAX = 512 << 10;

  /** Keys that one command deletes. */
  public static final int DELETED_KEYS_MAX = 1_000;

  /** Bytes of keys and values that one command deletes, so that no row of the log is huge. */
  public static final int DELETED_BYTES_MAX = 4 << 20;

  /** Bytes of keys and values that one transaction reads, with {@link #READ_KEY_BYTES} a key. */
  public static final int READ_BYTES_MAX = 1 << 20;

  /** What a key that is read counts for beside its name and value. */
  static final int READ_KEY_BYTES = 64;

  private KeyRules() {}

  /** Checks a key. */
  public static void requireKey(String key) {
    if (key.isEmpty()) {
      throw new InvalidRequest(Rule.INVALID_KEY, "a key must not be empty");
    }
    requirePrefix(key);
  }

  /** Checks what keys begin with; empty is the beginning of all. */
  public static void requirePrefix(String prefix) {
    int bytes = utf8Bytes(prefix);
    if (bytes > KEY_BYTES_MAX) {
      throw new InvalidRequest(
          Rule.INVALID_KEY, "a key has at most " + KEY_BYTES_MAX + " bytes, not " + bytes);
    }
    if (prefix.codePoints().anyMatch(KeyRules::isRefused)) {
      throw new InvalidRequest(
          Rule.INVALID_KEY, "a key must be text without control characters: " + shown(prefix));
    }
  }

  /** Checks a value. */
  public static void requireValue(ByteString value) {
    if (value.size() > VALUE_BYTES_MAX) {
      throw new InvalidRequest(
          Rule.VALUE_TOO_LARGE,
          "a value has at most " + VALUE_BYTES_MAX + " bytes, not " + value.size());
    }
  }

  /** How many bytes a text takes in UTF-8. */
  static int utf8Bytes(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Two surrogates are one character of four bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /** Half a surrogate pair has no bytes in UTF-8. */
  private static boolean isRefused(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }

  private static String shown(String text) {
    var shown = new StringBuilder("'");
    text.codePoints().limit(40).forEach(c -> shown.appendCodePoint(isRefused(c) ? '?' : c));
    return shown.append(text.codePointCount(0, text.length()) > 40 ? "…'" : "'").toString();
  }
}
