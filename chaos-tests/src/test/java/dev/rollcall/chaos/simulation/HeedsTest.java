package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An invariant that is not shown what it looks for would hold whatever happens. */
class HeedsTest {
  private static final String KIND = Observation.class.getName() + "$";

  private final List<JavaClass> invariants =
      new ClassFileImporter()
              .withImportOption(new ImportOption.DoNotIncludeTests())
              .importPackagesOf(Invariant.class)
              .stream()
              .filter(each -> each.isAssignableTo(Invariant.class) && !each.isInterface())
              .toList();

  @Test
  void anInvariantHeedsEveryKindThatItsCodeNames() {
    assertThat(invariants).hasSizeGreaterThan(40);
    for (JavaClass each : invariants) {
      Heeds heeds = each.reflect().getAnnotation(Heeds.class);
      if (heeds != null) {
        var heeded =
            Arrays.stream(heeds.value())
                .map(Class::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named(each)).as(each.getSimpleName()).isEqualTo(heeded);
      }
    }
  }

  /** By its methods: types they take apart, compare with or call. */
  private static Set<String> named(JavaClass invariant) {
    var all = new TreeSet<String>();
    invariant.getInstanceofChecks().forEach(it -> all.add(it.getRawType().getName()));
    invariant.getAccessesFromSelf().forEach(it -> all.add(it.getTargetOwner().getName()));
    all.removeIf(name -> !name.startsWith(KIND));
    return all;
  }
}
