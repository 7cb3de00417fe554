package dev.rollcall.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Plays the stories in src/test/testdata: commands, a line of dashes, and what must happen. {@code
 * -Drewrite} writes down what does happen instead; the difference is then for a person to
 * understand.
 */
class GoldenTest {
  private static final Path STORIES = Path.of("src/test/testdata");
  private static final String DASHES = "----";

  @TestFactory
  Stream<DynamicTest> happensAsTold() throws IOException {
    try (Stream<Path> files = Files.list(STORIES)) {
      List<Path> stories = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      assertThat(stories).hasSizeGreaterThanOrEqualTo(12);
      return stories.stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> play(file)));
    }
  }

  private static void play(Path file) throws IOException {
    String expected = Files.readString(file);
    String actual = retell(expected);
    if (System.getProperty("rewrite") != null) {
      Files.writeString(file, actual);
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }

  /** The same file with what happens now below each line of dashes. */
  private static String retell(String story) {
    var scenario = new Scenario();
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
          happened.append(run(scenario, line));
        }
      }
    }
    if (!happened.isEmpty()) {
      throw new IllegalArgumentException("commands without a line of dashes at the end");
    }
    return result.toString();
  }

  private static String run(Scenario scenario, String line) {
    try {
      return scenario.run(line);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("at \"" + line + "\": " + e.getMessage(), e);
    }
  }
}
