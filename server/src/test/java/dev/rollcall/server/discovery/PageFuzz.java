package dev.rollcall.server.discovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rollcall.store.instance.InvalidRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tokens of pages, for {@code bin/fuzz} and {@link PageFuzzTest}: one that was given, or refused.
 */
// Its fields are methods of its own, which keep nothing.
@SuppressWarnings("ImmutableEnumChecker")
public enum PageFuzz {
  /** {@link PageToken}. */
  PAGE_TOKEN(PageFuzz::token, PageFuzz::tokens);

  private final Consumer<byte[]> target;
  private final Supplier<List<byte[]>> seeds;

  PageFuzz(Consumer<byte[]> target, Supplier<List<byte[]>> seeds) {
    this.target = target;
    this.seeds = seeds;
  }

  /** Jazzer's way in; the system property names the target. */
  public static void fuzzerTestOneInput(byte[] input) {
    Chosen.TARGET.run(input);
  }

  /** Writes the seeds of a target, the first argument, into a directory, the second. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    int number = 0;
    for (byte[] seed : valueOf(arguments[0]).seeds()) {
      Files.write(directory.resolve("seed-" + number++), seed);
    }
  }

  void run(byte[] input) {
    target.accept(input);
  }

  /** Inputs that are right. */
  List<byte[]> seeds() {
    return seeds.get();
  }

  private static final class Chosen {
    static final PageFuzz TARGET =
        valueOf(Objects.requireNonNull(System.getProperty("rollcall.fuzz")));
  }

  private static void token(byte[] input) {
    PageToken token;
    try {
      token = PageToken.parse(new String(input, ISO_8859_1), "lookup");
    } catch (InvalidRequest e) {
      return;
    }
    requireEqual(token, PageToken.parse(token.text("lookup"), "lookup"));
  }

  private static List<byte[]> tokens() {
    return List.of(new PageToken(1, 2, 3, 4, "i-5").text("lookup").getBytes(ISO_8859_1));
  }

  private static void requireEqual(Object one, Object other) {
    if (!Objects.deepEquals(one, other)) {
      throw new AssertionError("%s became %s".formatted(one, other));
    }
  }
}
