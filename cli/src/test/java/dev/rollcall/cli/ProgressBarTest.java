package dev.rollcall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.snapshot.SnapshotProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static final long MEBIBYTE = 1 << 20;

  private final StringWriter out = new StringWriter();
  private long nanoTime;

  @Test
  void showsHowFarItIsHowFastAndHowLongItWillTake() {
    ProgressBar bar = bar(true);
    after(10);
    bar.show(new SnapshotProgress(250, 1_000, 20 * MEBIBYTE));
    assertThat(out.toString())
        .isEqualTo(
            "\r[#######-----------------------] 25 %  250 rows  20.0 MiB  2.0 MiB/s  ETA 0:30");
    bar.clear();
    assertThat(out.toString()).endsWith(" \r");
  }

  @Test
  void neverSaysThatAllIsThereBeforeItIs() {
    ProgressBar bar = bar(true);
    after(1);
    bar.show(new SnapshotProgress(1_500, 1_000, MEBIBYTE));
    assertThat(out.toString()).contains(" 99 %");
  }

  @Test
  void isDrawnTenTimesASecondAtMostAndNotWithoutAnEstimate() {
    ProgressBar bar = bar(true);
    bar.show(new SnapshotProgress(1, 0, MEBIBYTE));
    bar.show(new SnapshotProgress(2, 0, MEBIBYTE));
    assertThat(out.toString()).isEqualTo("\r1 rows  1.0 MiB  0.0 MiB/s");
  }

  @Test
  void isNothingWhereNobodyLooks() {
    ProgressBar bar = bar(false);
    bar.show(new SnapshotProgress(1, 2, MEBIBYTE));
    bar.clear();
    assertThat(out.toString()).isEmpty();
  }

  private ProgressBar bar(boolean isTerminal) {
    return new ProgressBar(new PrintWriter(out), () -> nanoTime, isTerminal);
  }

  private void after(long seconds) {
    nanoTime += seconds * 1_000_000_000;
  }
}
