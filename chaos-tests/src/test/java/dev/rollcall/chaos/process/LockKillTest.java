package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One lock, one holder, through kills of the leader; bin/chaos lock-kill runs longer. */
final class LockKillTest {
  @TempDir private Path directory;

  @Test
  void noTwoHoldTheLockAndNoFeedMissesAChange() throws IOException, InterruptedException {
    try (var run = new LockKillRun(directory, 4)) {
      LockKillRun.Result result =
          run.run(2, 30, round -> System.out.println("lock-kill: " + round));
      System.out.println("lock-kill: " + result);
      assertThat(result.held()).isGreaterThanOrEqualTo(120);
      assertThat(result.revisions()).isGreaterThan(result.held());
    }
  }
}
