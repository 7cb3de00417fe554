package dev.rollcall.raft;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Who may know whom in raft/, and what the pure core may never touch (docs/architecture.md, rooms).
 */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rollcall.raft");

  /** Classes of java.lang that bring in clocks, threads or the outside. */
  private static final Set<String> FORBIDDEN_CLASSES =
      Set.of(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.Runtime",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.Timer",
          "java.util.UUID",
          "java.util.Date",
          "java.util.Calendar",
          "java.util.IdentityHashMap",
          "java.util.WeakHashMap");

  private static final DescribedPredicate<JavaClass> IMPURE =
      describe(
          "bring in a clock, a thread or randomness",
          type -> FORBIDDEN_CLASSES.contains(type.getName()));

  /** Methods that packages do not show: time, randomness, identity and the order of hashing. */
  private static final DescribedPredicate<AccessTarget.CodeUnitCallTarget> IMPURE_METHOD =
      describe(
          "clock, randomness, threads or identity",
          target -> {
            String owner = target.getOwner().getName();
            String name = target.getName();
            return (owner.equals("java.lang.System") && !name.equals("arraycopy"))
                || (owner.equals("java.lang.Math") && name.equals("random"))
                || (owner.equals("java.lang.Object") && name.equals("hashCode"))
                || name.equals("parallelStream")
                || name.equals("parallel")
                || (owner.equals("java.util.random.RandomGenerator") && name.equals("getDefault"))
                || (owner.equals("java.util.Collections") && name.equals("shuffle"));
          });

  @Test
  void theCoreKnowsOnlyTheJdksValuesAndAnnotations() {
    classes()
        .that()
        .resideInAPackage("dev.rollcall.raft.core")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.rollcall.raft.core",
            "java.lang",
            "java.lang.runtime",
            "java.lang.invoke",
            "java.io",
            "java.nio",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "java.util.random",
            "org.jspecify.annotations")
        .check(CLASSES);
  }

  @Test
  void theCoreHasNoClockNoThreadAndNoRandomnessOfItsOwn() {
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.raft.core")
        .should()
        .dependOnClassesThat(IMPURE)
        .orShould()
        .callCodeUnitWhere(
            describe("calls " + IMPURE_METHOD, call -> IMPURE_METHOD.test(call.getTarget())))
        .check(CLASSES);
  }

  @Test
  void theLogKnowsOnlyTheCoresValues() {
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.raft.log..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.rollcall.raft.driver..", "dev.rollcall.raft.transport..", "io..")
        .check(CLASSES);
  }

  @Test
  void theDriverKnowsNoTransportOfFlesh() {
    noClasses()
        .that()
        .resideInAPackage("dev.rollcall.raft.driver..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.rollcall.raft.transport..", "dev.rollcall.raft.v1..", "io..", "com..")
        .check(CLASSES);
  }

  @Test
  void onlyTheTransportSeesProtoAndGrpc() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.rollcall.raft.transport..")
        .and()
        .resideOutsideOfPackage("dev.rollcall.raft.v1..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.rollcall.raft.v1..", "io.grpc..", "io.netty..", "com.google..")
        .check(CLASSES);
  }

  @Test
  void raftNeverHearsOfTheRegistry() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.rollcall.store..",
            "dev.rollcall.server..",
            "dev.rollcall.v1..",
            "dev.rollcall.client..")
        .check(CLASSES);
  }
}
