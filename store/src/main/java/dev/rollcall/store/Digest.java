package dev.rollcall.store;

import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 hash as a value. */
public final class Digest {
  /** Its size. */
  public static final int BYTES = 32;

  /** That of a registry to which nothing was applied. */
  public static final Digest NONE = new Digest(new byte[BYTES]);

  private final byte[] bytes;

  /** Of 32 bytes, which are not copied and must not change any more. */
  Digest(byte[] bytes) {
    Invariant.check(bytes.length == BYTES, "a digest has %d bytes, not %d", BYTES, bytes.length);
    this.bytes = bytes;
  }

  /** The 32 bytes themselves, not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** A copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The bytes in hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
