package dev.rollcall.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The command line stands on the client library alone. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall.cli");

  @Test
  void theCommandLineUsesTheClientOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.rollcall.raft..",
            "dev.rollcall.store..",
            "dev.rollcall.storage..",
            "dev.rollcall.server..",
            "dev.rollcall.v1..",
            "io.grpc..")
        .check(CLASSES);
  }

  @Test
  void loadBalancersKnowNothingOfTheCommandLine() {
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.cli.lb..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.rollcall.cli", "picocli..", "com.google.gson..")
        .check(CLASSES);
  }
}
