package dev.rollcall.chaos.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The patches of raft/mutants and store/mutants still apply, and some of them are killed;
 * bin/mutants does them all.
 */
class MutantsTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final int CHOSEN = 3;

  /** Of those that need more the run would take too long. */
  private static final long SEEDS_MAX = 3;

  @TempDir private Path scratch;

  @Test
  void everyPatchIsOneHunkThatSaysWhatItIs() {
    for (String directory : Mutant.DIRECTORIES) {
      assertThat(Mutant.in(HOME.resolve(directory))).as(directory).hasSizeGreaterThanOrEqualTo(15);
    }
    List<Mutant> mutants = Mutant.all(HOME);
    assertThat(mutants.stream().map(Mutant::number)).doesNotHaveDuplicates();
    assertThat(mutants.stream().flatMap(mutant -> mutant.faults().stream())).isEmpty();
  }

  @Test
  void everyPatchApplies() throws Exception {
    var workshop = new Workshop(HOME, scratch);
    var refusals = new ArrayList<String>();
    for (Mutant mutant : Mutant.all(HOME)) {
      workshop.refusal(mutant).ifPresent(it -> refusals.add(mutant.name() + ": " + it));
    }
    assertThat(refusals).isEmpty();
  }

  @Test
  void threeChosenByTheCommitAreKilled() throws Exception {
    var workshop = new Workshop(HOME, scratch);
    String commit = workshop.commit().orElse("0");
    Map<String, Long> needed = new TreeMap<>();
    for (String directory : Mutant.DIRECTORIES) {
      needed.putAll(Table.seedsNeeded(HOME.resolve(directory).resolve("README.md")));
    }
    for (Mutant mutant : chosen(commit, needed)) {
      System.out.printf("commit %s has chosen %s%n", commit, mutant.name());
      var trial = new Trial(mutant, workshop.make(mutant), scratch);
      assertThat(trial.run(1, 10 * needed.getOrDefault(mutant.name(), SEEDS_MAX)))
          .as(mutant.name())
          .isPresent();
    }
  }

  @Test
  void aPatchOfTwoHunksIsRefused() throws IOException {
    Path patch = patch("What: a\nSource: b\nKilled by: simulation\n\n", "@@ -1 +1 @@\n-a\n+b\n");
    Files.writeString(patch, Files.readString(patch) + "@@ -9 +9 @@\n-a\n+b\n");

    assertThat(Mutant.read(patch).faults()).hasSize(1);
  }

  @Test
  void aPatchWithMoreContextIsRefused() throws IOException {
    Path patch =
        patch("What: a\nSource: b\nKilled by: simulation\n\n", "@@ -1,3 +1,3 @@\n x\n y\n-a\n+b\n");

    assertThat(Mutant.read(patch).faults()).hasSize(1);
  }

  @Test
  void aPatchThatDoesNotSayWhereItIsFromIsRefused() throws IOException {
    Path patch = patch("What: a\nKilled by: simulation\n\n", "@@ -1 +1 @@\n-a\n+b\n");

    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Mutant.read(patch));
  }

  private Path patch(String head, String hunk) throws IOException {
    String file = "raft/src/main/java/A.java";
    return Files.writeString(
        scratch.resolve("01-a.patch"), head + "--- a/" + file + "\n+++ b/" + file + "\n" + hunk);
  }

  private static List<Mutant> chosen(String commit, Map<String, Long> needed) {
    var quick = new ArrayList<Mutant>();
    for (Mutant mutant : Mutant.all(HOME)) {
      if (needed.getOrDefault(mutant.name(), Long.MAX_VALUE) <= SEEDS_MAX) {
        quick.add(mutant);
      }
    }
    Collections.shuffle(quick, new Random(commit.hashCode()));
    assertThat(quick).as("mutants that die quickly, by the table").hasSizeGreaterThan(CHOSEN);
    return quick.subList(0, CHOSEN);
  }
}
