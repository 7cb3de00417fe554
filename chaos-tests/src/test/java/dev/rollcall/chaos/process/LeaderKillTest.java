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
  @TempDir private Path directory;

  @Test
  void writesGoOnAfterTheLeaderWasKilled() throws IOException {
    try (var rounds = new LeaderKillRounds(directory)) {
      List<Duration> found = rounds.run(3, round -> System.out.println("leader-kill: " + round));
      assertThat(found).hasSize(3);
    }
  }
}
