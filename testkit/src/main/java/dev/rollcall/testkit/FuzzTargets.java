package dev.rollcall.testkit;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The readers of bytes of one package: a test class with a public constructor says which, {@code
 * bin/fuzz} runs them at length, and each test run with inputs that are right and damaged.
 */
public interface FuzzTargets {
  /** The targets, made anew. */
  List<FuzzTarget> targets();

  /** A test for each target, which no input may hold up for a minute. */
  @TestFactory
  default Stream<DynamicTest> holdForWhatIsRightCutAndWrongInOneByte() {
    return targets().stream()
        .map(target ->
            DynamicTest.dynamicTest(
                target.name(),
                () ->
                    Assertions.assertTimeoutPreemptively(
                        Duration.ofMinutes(1), target::checkDamagedSeeds)));
  }
}
