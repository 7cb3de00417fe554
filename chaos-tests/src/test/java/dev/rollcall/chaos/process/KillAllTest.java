package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.chaos.process.KillAllRounds.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the whole cluster, over disks that lose what was not forced. */
final class KillAllTest {
  private static final int ROUNDS = 3;

  @TempDir private Path directory;

  @Test
  void keepsEveryAcknowledgedRegistration() throws IOException {
    long seed = System.nanoTime();
    System.out.println("kill-all: seed " + seed);
    var plan = new KillAllRounds.Plan(ROUNDS, 3, 4, seed);
    var results = new ArrayList<KillAllRounds.Result>();
    try (var rounds = new KillAllRounds(plan, directory)) {
      rounds.run(result -> {
        System.out.println("kill-all: " + result);
        results.add(result);
      });
      assertThat(rounds.acknowledged()).isGreaterThan(100);
    }
    assertThat(results)
        .extracting(KillAllRounds.Result::kind)
        .contains(Kind.TOGETHER, Kind.ONE_AFTER_REST);
  }
}
