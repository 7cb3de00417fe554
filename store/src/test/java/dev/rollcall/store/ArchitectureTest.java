package dev.rollcall.store;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may know whom in store/, and what applying a command may never touch. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall.store");

  private static final Set<String> CLOCKS_AND_CHANCE =
      Set.of(
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.UUID",
          "java.util.Date",
          "java.util.Timer",
          "java.util.concurrent.ThreadLocalRandom",
          "java.time.Clock",
          "java.time.Instant");

  @Test
  void theStoreKnowsNeitherRaftNorTheServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.rollcall.raft..",
            "dev.rollcall.server..",
            "dev.rollcall.client..",
            "io.grpc..",
            "io.netty..")
        .check(CLASSES);
  }

  @Test
  void onlyTheRocksRoomSeesRocksdb() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.rollcall.store.rocks")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .check(CLASSES);
  }

  @Test
  void generatedClassesStopAtTheCodecs() {
    noClasses()
        .that(
            describe(
                "are no codec and no cache of encoded rows",
                type -> !type.getName().contains("Codec") && !type.getName().contains("Encoded")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.rollcall.storage.v1..")
        .check(CLASSES);
  }

  @Test
  void applyReadsNoClockAndTakesNoChance() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.rollcall.store.rocks", "dev.rollcall.store.fake")
        .should()
        .dependOnClassesThat(
            describe("are clocks or chance", type -> CLOCKS_AND_CHANCE.contains(type.getName())))
        .orShould()
        .callMethodWhere(
            describe(
                "asks for time, chance or parallelism",
                call ->
                    Set.of(
                            "nanoTime",
                            "currentTimeMillis",
                            "random",
                            "parallelStream",
                            "identityHashCode")
                        .contains(call.getTarget().getName())))
        .check(CLASSES);
  }
}
