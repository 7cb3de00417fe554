package dev.rollcall.testkit;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One reader of bytes, and what it is held to.
 *
 * @param name names it in {@code bin/fuzz}
 * @param check throws when the reader breaks its rule for these bytes
 * @param seeds inputs that are right
 */
public record FuzzTarget(String name, Consumer<byte[]> check, List<byte[]> seeds) {
  private static final int DAMAGED_BYTES_MAX = 2_000;

  /** Checks the reader with the seeds, with each cut anywhere, and with any one byte wrong. */
  public void checkDamagedSeeds() {
    for (byte[] seed : seeds) {
      check(seed);
      for (int at = 0; at < Math.min(DAMAGED_BYTES_MAX, seed.length); at++) {
        check(Arrays.copyOf(seed, at));
        byte[] wrong = seed.clone();
        for (int mask : new int[] {1, 0x80, 0xff}) {
          wrong[at] = (byte) (seed[at] ^ mask);
          check(wrong);
        }
      }
    }
  }

  private void check(byte[] input) {
    try {
      check.accept(input);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(name + ", " + HexFormat.of().formatHex(input), e);
    }
  }

  /** For checks: what was read must encode to what reads as the same again. */
  public static void requireEqual(Object one, Object other) {
    if (!Objects.deepEquals(one, other)) {
      throw new AssertionError("%s became %s".formatted(one, other));
    }
  }
}
