package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Plays the stories in src/test/testdata: commands, a line of dashes, and what must come of them.
 * {@code -Drewrite} writes down what does come instead; the difference is then for a person to
 * understand.
 */
class GoldenTest {
  private static final Path STORIES = Path.of("src/test/testdata");
  private static final String DASHES = "----";

  @TestFactory
  Stream<DynamicTest> happensAsTold() throws IOException {
    try (Stream<Path> files = Files.list(STORIES)) {
      var stories = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      assertThat(stories).hasSizeGreaterThanOrEqualTo(5);
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

  /** The same text with what comes of the commands now below each line of dashes. */
  private static String retell(String text) {
    var story = new Story();
    var result = new StringBuilder();
    var happened = new StringBuilder();
    boolean isResult = false;
    for (String line : text.lines().toList()) {
      if (line.equals(DASHES)) {
        result.append(DASHES).append('\n').append(happened);
        happened.setLength(0);
        isResult = true;
      } else if (line.isBlank()) {
        result.append('\n');
        isResult = false;
      } else if (!isResult) {
        result.append(line).append('\n');
        if (!line.startsWith("#")) {
          happened.append(story.run(line));
        }
      }
    }
    assertThat(happened).as("commands below the last line of dashes").isEmpty();
    return result.toString();
  }
}
