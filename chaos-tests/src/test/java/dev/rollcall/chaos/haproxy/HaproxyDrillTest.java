package dev.rollcall.chaos.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short form; bin/chaos haproxy-drill goes on for minutes. Where no HAProxy is installed the only
 * test is one that says so.
 */
final class HaproxyDrillTest {
  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> noRequestFailsWhileInstancesComeAndGo() {
    return DrillBalancer.binary().isEmpty()
        ? Stream.of(dynamicTest("NOT TESTED: no haproxy is installed here", () -> {}))
        : Stream.of(dynamicTest("ten seconds", this::drill));
  }

  private void drill() throws IOException {
    long seed = System.nanoTime();
    System.out.println("haproxy-drill: seed " + seed);
    try (var run = new HaproxyDrillRun(directory, 200, seed)) {
      DrillReport report = run.run(Duration.ofSeconds(10), System.out::println);
      report.lines().forEach(System.out::println);
      assertThat(report.failures()).isEmpty();
      assertThat(report.isKept()).isTrue();
      assertThat(report.requests()).hasSizeGreaterThan(1_000);
      assertThat(report.events()).containsKey("registry nodes killed");
    }
  }
}
