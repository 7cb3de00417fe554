package dev.rollcall.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A few hundred seeds of {@link RandomGroup}; the whole node has a simulator of its own elsewhere.
 */
class RandomGroupTest {
  private static final int STEPS = 4500;

  @Test
  void staysSafeUnderFaultsAndSettlesAfterThem() {
    long first = Long.getLong("firstSeed", 1);
    long seeds = Long.getLong("seeds", 300);
    long committed = 0;
    long leaders = 0;
    long reads = 0;
    long crashes = 0;
    long changes = 0;
    long compactions = 0;
    long installs = 0;
    long resets = 0;
    long transfers = 0;
    long stalls = 0;
    long digests = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      try {
        var group = new RandomGroup(seed, false);
        group.run(STEPS);
        group.settle();
        committed += group.checks().committed();
        leaders += group.checks().leadersSeen();
        reads += group.readsAnswered();
        crashes += group.crashes();
        changes += group.checks().changes();
        compactions += group.compactions();
        installs += group.installs();
        resets += group.resets();
        transfers += group.transfers();
        stalls += group.stalls();
        digests += group.digestsAgreed();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.printf(
        "seeds %d..%d: %d entries committed, %d leaders, %d reads, %d crashes%n"
            + "%d hand-overs, %d stalled disks, %d rounds with an agreed digest%n",
        first, first + seeds - 1, committed, leaders, reads, crashes, transfers, stalls, digests);
    System.out.printf(
        "%d configurations, %d compactions, %d snapshots, %d logs begun anew%n",
        changes, compactions, installs, resets);
    // A group that does nothing is safe too: the faults must leave it something to do.
    assertThat(committed).isGreaterThan(18 * seeds);
    assertThat(leaders).isGreaterThan(2 * seeds);
    assertThat(reads).isGreaterThan(10 * seeds);
    assertThat(crashes).isGreaterThan(2 * seeds);
    assertThat(changes).isGreaterThan(2 * seeds);
    assertThat(compactions).isGreaterThan(2 * seeds);
    assertThat(installs).isGreaterThan(seeds / 3);
    assertThat(resets).isGreaterThan(seeds / 3);
  }

  @Test
  void theSameSeedGivesTheSameReadys() {
    for (long seed = 1; seed <= 10; seed++) {
      assertThat(hashOf(seed)).as("seed %d", seed).isEqualTo(hashOf(seed));
    }
    assertThat(hashOf(1)).isNotEqualTo(hashOf(2));
  }

  private static long hashOf(long seed) {
    var group = new RandomGroup(seed, true);
    group.run(STEPS);
    group.settle();
    return group.hash();
  }
}
