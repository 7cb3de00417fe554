package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes go on after the leader's process was killed; bin/chaos leader-kill has the figures. */
final class LeaderKillTest {
  private static final Duration MEDIAN_MAX = Duration.ofMillis(1_500);

  @TempDir private Path directory;

  @Test
  void writesGoOnSoonAfterTheLeaderWasKilled() throws IOException {
    try (var rounds = new LeaderKillRounds(directory)) {
      List<Duration> found = rounds.run(5, round -> System.out.println("leader-kill: " + round));
      assertThat(found.get(found.size() / 2)).isLessThanOrEqualTo(MEDIAN_MAX);
    }
  }
}
