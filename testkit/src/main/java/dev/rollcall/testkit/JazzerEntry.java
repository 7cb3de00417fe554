package dev.rollcall.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The way of {@code bin/fuzz} into a target. The system property {@code rollcall.fuzz} names it:
 * the class that implements {@link FuzzTargets}, a colon, the target.
 */
public final class JazzerEntry {
  private static final FuzzTarget TARGET = chosen();

  private JazzerEntry() {}

  /** What Jazzer calls, by this name. */
  public static void fuzzerTestOneInput(byte[] input) {
    TARGET.check().accept(input);
  }

  /** Writes the seeds of the target into a directory, the only argument. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    int number = 0;
    for (byte[] seed : TARGET.seeds()) {
      Files.write(directory.resolve("seed-" + number++), seed);
    }
  }

  private static FuzzTarget chosen() {
    String[] chosen =
        Objects.requireNonNull(System.getProperty("rollcall.fuzz"), "rollcall.fuzz").split(":", 2);
    try {
      Class<? extends FuzzTargets> targets = Class.forName(chosen[0]).asSubclass(FuzzTargets.class);
      return targets.getConstructor().newInstance().targets().stream()
          .filter(target -> target.name().equals(chosen[1]))
          .findFirst()
          .orElseThrow();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("no targets in " + chosen[0], e);
    }
  }
}
