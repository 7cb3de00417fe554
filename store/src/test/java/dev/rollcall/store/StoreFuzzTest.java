package dev.rollcall.store;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The targets of {@code bin/fuzz}, with what is right, cut anywhere, and wrong in any one byte. */
final class StoreFuzzTest {
  private static final int BYTES_MAX = 500;

  @ParameterizedTest
  @EnumSource
  @Timeout(60)
  void holdsForWhatIsRightCutAndWrongInOneByte(StoreFuzz target) {
    for (byte[] seed : target.seeds()) {
      run(target, seed);
      for (int at = 0; at < Math.min(BYTES_MAX, seed.length); at++) {
        run(target, Arrays.copyOf(seed, at));
        byte[] wrong = seed.clone();
        for (int mask : new int[] {1, 0x80, 0xff}) {
          wrong[at] = (byte) (seed[at] ^ mask);
          run(target, wrong);
        }
      }
    }
  }

  private static void run(StoreFuzz target, byte[] input) {
    try {
      target.run(input);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(target + ", " + HexFormat.of().formatHex(input), e);
    }
  }
}
