package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a pass does not mean anything. */
class TotalsTest {
  @Test
  void aMarkThatManySeedsMissFailsThem() {
    Totals totals = ofSeeds(500, Mark.TRANSFER_PARKED_KEPT);

    assertThat(totals.missing(60)).contains("never: " + Mark.TRANSFER_PARKED_KEPT);
    assertThat(totals.missing(60)).doesNotContain("never: " + Mark.LOG_CUT);
    assertThat(totals.describe()).contains("mark missed: TRANSFER_PARKED_KEPT");
  }

  @Test
  void fewSeedsMayMissMarksAndSayWhich() {
    Totals totals = ofSeeds(499, Mark.TRANSFER_PARKED_KEPT);

    assertThat(totals.missing(60)).noneMatch(line -> line.startsWith("never"));
    assertThat(totals.describe()).contains("mark missed: TRANSFER_PARKED_KEPT");
  }

  @Test
  void theFewestOperationsOfASeedAreKept() {
    var all = new Totals();
    for (int operations : new int[] {3000, 2100, 2500}) {
      var one = new Totals();
      one.seeds = 1;
      one.operations = operations;
      all.add(one);
    }

    assertThat(all.describe()).containsPattern("in the seed with the fewest +2,100 ");
  }

  private static Totals ofSeeds(int seeds, Mark missed) {
    var all = new Totals();
    for (int i = 0; i < seeds; i++) {
      var one = new Totals();
      one.seeds = 1;
      all.add(one);
    }
    for (Mark mark : Mark.values()) {
      if (mark != missed) {
        all.marks.hit(mark);
      }
    }
    return all;
  }
}
