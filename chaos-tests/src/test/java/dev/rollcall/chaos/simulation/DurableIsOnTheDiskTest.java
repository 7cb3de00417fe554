package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.chaos.simulation.Observation.LogRead;
import dev.rollcall.chaos.simulation.Observation.LogReopened;
import dev.rollcall.raft.core.EntryId;
import org.junit.jupiter.api.Test;

/**
 * The invariant refuses a log that shows what its disk has not, and one that comes back shorter.
 */
class DurableIsOnTheDiskTest {
  private static final EntryId LAST = new EntryId(3, 7);

  @Test
  void refusesWhatIsNotOnTheDisk() {
    refuses(new LogRead(0, LAST, 6, 0, false, false));
    refuses(new LogRead(0, LAST, 7, 2, true, false));
  }

  @Test
  void refusesALogThatComesBackShorter() {
    refuses(new LogReopened(0, LAST, false, 0));
  }

  @Test
  void refusesALogThatComesBackAsAnother() {
    refuses(new LogReopened(0, LAST, true, 5));
  }

  @Test
  void looksAwayFromWhatTheWorldHasDamaged() {
    assertThatCode(() -> new DurableIsOnTheDisk().observe(new LogRead(0, LAST, 0, 0, false, true)))
        .doesNotThrowAnyException();
  }

  private static void refuses(Observation observation) {
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> new DurableIsOnTheDisk().observe(observation));
  }
}
