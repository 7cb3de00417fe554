package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.chaos.process.KeepAliveFaults.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is kept alive stays; bin/chaos keep-alive runs it at length. */
final class KeepAliveTest {
  @TempDir private Path directory;

  @Test
  void keepsWhoIsKeptAlive() throws IOException, InterruptedException {
    var plan =
        new KeepAliveRun.Plan(60, Duration.ofSeconds(2), Duration.ofSeconds(3), System.nanoTime());
    System.out.println("keep-alive: " + plan);
    try (var run = new KeepAliveRun(plan, directory)) {
      KeepAliveRun.Result result =
          run.run(
              List.of(Kind.CLOCK_FORWARD, Kind.PAUSE, Kind.KILL),
              fault -> System.out.println("keep-alive: " + fault));
      System.out.println("keep-alive: " + result);
      assertThat(result.falseRemovals()).isEmpty();
      assertThat(result.unseen()).isEmpty();
      assertThat(result.renewals()).isGreaterThan(60);
      assertThat(result.silences()).isNotEmpty();
    }
  }
}
