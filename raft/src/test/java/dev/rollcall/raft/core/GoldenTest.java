package dev.rollcall.raft.core;

import dev.rollcall.testkit.GoldenStories;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class GoldenTest {
  @TestFactory
  Stream<DynamicTest> happensAsTold() throws IOException {
    return GoldenStories.tests(12, () -> new Scenario()::run);
  }
}
