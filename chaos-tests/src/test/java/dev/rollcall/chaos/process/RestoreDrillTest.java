package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Save, lose everything, restore, join; bin/chaos restore-drill does it with more load. */
final class RestoreDrillTest {
  @TempDir private Path directory;

  @Test
  void whatWasSavedIsThereAgainAndClientsFindTheirWay() throws IOException, InterruptedException {
    try (var run = new RestoreDrillRun(directory, 4, 100)) {
      RestoreDrillRun.Result result = run.run(System.out::println);
      System.out.println("restore-drill: " + result);
      assertThat(result.agreement().revision()).isGreaterThan(result.lastRevision());
    }
  }
}
