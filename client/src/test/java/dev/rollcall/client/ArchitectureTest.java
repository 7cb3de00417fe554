package dev.rollcall.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the client library may bring into a user's application. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall.client");

  @Test
  void theClientKnowsTheProtocolAndNothingOfTheServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.rollcall.raft..",
            "dev.rollcall.store..",
            "dev.rollcall.storage..",
            "dev.rollcall.forward..",
            "dev.rollcall.server..",
            "org.slf4j..",
            "org.xbill..")
        .check(CLASSES);
  }

  @Test
  void namesAreLookedUpInOneRoom() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.rollcall.client.dns")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javax.naming..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.client.transport")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.rollcall.client.dns")
        .check(CLASSES);
  }
}
