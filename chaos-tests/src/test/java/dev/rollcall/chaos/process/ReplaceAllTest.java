package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every member of a loaded cluster is replaced; bin/chaos replace-all does it with more load. */
final class ReplaceAllTest {
  @TempDir private Path directory;

  @Test
  void noRequestFailsAndNothingIsLost() throws IOException {
    var replaced = new ArrayList<ReplaceAllRun.Replaced>();
    try (var run = new ReplaceAllRun(directory, 4, 100)) {
      ReplaceAllRun.Result result = run.run(replaced::add);
      System.out.println("replace-all: " + replaced + " " + result);
      assertThat(result.acknowledged()).isGreaterThanOrEqualTo(400);
    }
    assertThat(replaced).hasSize(3);
  }
}
