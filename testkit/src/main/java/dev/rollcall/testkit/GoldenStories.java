package dev.rollcall.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Plays the stories in src/test/testdata: commands, a line of dashes, and what must happen. {@code
 * -Drewrite} writes down what does happen instead; the difference is then for a person to
 * understand.
 */
public final class GoldenStories {
  private static final Path STORIES = Path.of("src/test/testdata");
  private static final String DASHES = "----";

  private GoldenStories() {}

  /** What commands happen to, from the beginning of one story to its end. */
  @FunctionalInterface
  public interface World {
    /** Runs a command and says in whole lines what happened. */
    String run(String command);
  }

  /**
   * A test for each story.
   *
   * @param world makes one in which nothing has happened
   * @param atLeast how many there are at least
   */
  public static Stream<DynamicTest> tests(int atLeast, Supplier<World> world) throws IOException {
    try (Stream<Path> files = Files.list(STORIES)) {
      List<Path> stories = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      assertThat(stories).hasSizeGreaterThanOrEqualTo(atLeast);
      return stories.stream()
          .map(file ->
              DynamicTest.dynamicTest(
                  String.valueOf(file.getFileName()), () -> play(file, world.get())));
    }
  }

  private static void play(Path file, World world) throws IOException {
    String expected = Files.readString(file);
    String actual = retell(expected, world);
    if (System.getProperty("rewrite") != null) {
      Files.writeString(file, actual);
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }

  /** The same story with what happens now below each line of dashes. */
  private static String retell(String story, World world) {
    var result = new StringBuilder();
    var happened = new StringBuilder();
    boolean skipping = false;
    for (String line : story.lines().toList()) {
      if (line.equals(DASHES)) {
        result.append(DASHES).append('\n').append(happened);
        happened.setLength(0);
        skipping = true;
      } else if (line.isBlank()) {
        skipping = false;
        result.append('\n');
      } else if (!skipping) {
        result.append(line).append('\n');
        if (!line.startsWith("#")) {
          happened.append(run(world, line));
        }
      }
    }
    assertThat(happened).as("commands below the last line of dashes").isEmpty();
    return result.toString();
  }

  private static String run(World world, String line) {
    try {
      return world.run(line);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("at \"" + line + "\": " + e.getMessage(), e);
    }
  }
}
