package dev.rollcall.raft.log;

import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import org.junit.jupiter.api.Test;

/** Random lives of a log, with crashes, against {@link LogModel}. */
final class SegmentedLogProperties {
  @Test
  void whatWasForcedComesBackAndWhatWasNotOnlyFromItsBeginning() {
    Seeds.each(
        300,
        random -> {
          var life = new LogLife(new MemoryDisk(random), random);
          for (int i = 0; i < 120; i++) {
            life.step();
          }
          life.crash(Loss.SOME);
        });
  }
}
