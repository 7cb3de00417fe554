package dev.rollcall.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may know whom in server/. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall.server");

  @Test
  void replicationIsThreadlessAndKnowsNoWire() {
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.server.replication..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io..",
            "org.eclipse..",
            "dev.rollcall.v1..",
            "dev.rollcall.forward.v1..",
            "dev.rollcall.raft.transport..",
            "dev.rollcall.store.rocks..")
        .orShould()
        .dependOnClassesThat(
            describe(
                "are threads or chance of their own",
                type ->
                    Set.of(
                            "java.lang.Thread",
                            "java.util.Random",
                            "java.util.UUID",
                            "java.util.concurrent.ThreadLocalRandom",
                            "java.util.concurrent.Executors")
                        .contains(type.getName())))
        .orShould()
        .callMethodWhere(
            describe(
                "asks the machine for the time",
                call ->
                    Set.of("nanoTime", "currentTimeMillis").contains(call.getTarget().getName())
                        && call.getTarget().getOwner().getName().equals("java.lang.System")))
        .check(CLASSES);
  }

  @Test
  void eurekaKnowsNeitherRaftNorTheHttpServerNorTheServicesOfOthers() {
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.server.gateway.eureka..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.eclipse..",
            "io.grpc.stub..",
            "io.netty..",
            "dev.rollcall.raft.core..",
            "dev.rollcall.raft.log..",
            "dev.rollcall.raft.transport..",
            "dev.rollcall.server.discovery..",
            "dev.rollcall.server.registration..",
            "dev.rollcall.server.gateway.rest..",
            "dev.rollcall.store.rocks..")
        .check(CLASSES);
  }

  @Test
  void onlyTheConfigRoomAsksTheEnvironment() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.rollcall.server.config")
        .should()
        .callMethodWhere(
            describe(
                "reads environment or properties",
                call ->
                    Set.of("getenv", "getProperty").contains(call.getTarget().getName())
                        && call.getTarget().getOwner().getName().equals("java.lang.System")))
        .check(CLASSES);
  }

  @Test
  void theServerKnowsNoClient() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.rollcall.client..", "dev.rollcall.cli..")
        .check(CLASSES);
  }

  @Test
  void facadesOverHttpKnowNeitherTheServerOfHttpNorTheLog() {
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.server.gateway..")
        .and()
        .doNotHaveFullyQualifiedName("dev.rollcall.server.gateway.http.Gateway")
        .and()
        .haveNameNotMatching("dev\\.rollcall\\.server\\.gateway\\.http\\.Gateway\\$.*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.eclipse.jetty..",
            "dev.rollcall.raft.core..",
            "dev.rollcall.raft.log..",
            "dev.rollcall.raft.transport..",
            "dev.rollcall.store.rocks..")
        .check(CLASSES);
  }
}
