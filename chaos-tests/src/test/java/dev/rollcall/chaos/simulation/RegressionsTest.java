package dev.rollcall.chaos.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that failed once pass now; regressions/README.txt says what a file holds. */
class RegressionsTest {
  static List<Path> files() throws IOException, URISyntaxException {
    var folder = Objects.requireNonNull(RegressionsTest.class.getResource("regressions"));
    try (var files = Files.list(Path.of(folder.toURI()))) {
      return files.filter(file -> !file.endsWith("README.txt")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void aRunThatFailedOncePasses(Path file) throws IOException {
    Map<String, String> lines = read(file);
    assertThat(lines).as(file.toString()).containsKeys("seed", "seconds", "commit", "story");
    var scenario =
        new Scenario(
            Long.parseLong(lines.get("seed")),
            Integer.parseInt(lines.get("seconds")),
            Optional.ofNullable(lines.get("strikes")).map(RegressionsTest::numbers));

    var failure = Simulation.run(scenario, false).failure();

    assertThat(failure).as(scenario.command() + ": " + lines.get("story")).isEmpty();
  }

  private static Map<String, String> read(Path file) throws IOException {
    var lines = new HashMap<String, String>();
    for (String line : Files.readAllLines(file, UTF_8)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.split("\\s+", 2);
        lines.put(words[0], words[1]);
      }
    }
    return lines;
  }

  private static Set<Integer> numbers(String list) {
    return Arrays.stream(list.split(","))
        .map(Integer::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
