package dev.rollcall.client.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** What a key is set to: up to 512 KiB of bytes that the registry does not look into. Immutable. */
public final class Value {
  /** No bytes. */
  public static final Value EMPTY = new Value(new byte[0]);

  private final byte[] bytes;

  private Value(byte[] bytes) {
    this.bytes = bytes;
  }

  /** These bytes; they are copied. */
  public static Value of(byte[] bytes) {
    return new Value(bytes.clone());
  }

  /** This text in UTF-8. */
  public static Value of(String text) {
    return new Value(text.getBytes(UTF_8));
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The bytes read as UTF-8; what is none becomes U+FFFD. */
  public String text() {
    return new String(bytes, UTF_8);
  }

  /** How many bytes. */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Value value && Arrays.equals(bytes, value.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** As text. */
  @Override
  public String toString() {
    return text();
  }
}
