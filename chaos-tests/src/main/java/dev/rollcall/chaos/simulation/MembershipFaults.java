package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.SimOperator.Act;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What the operator does at the worst moment: changes the members, moves the leadership. */
final class MembershipFaults {
  private MembershipFaults() {}

  static Optional<String> transfer(Stage stage, RandomGenerator random) {
    return stage.operator().act(Act.TRANSFER, random);
  }

  static Optional<String> add(Stage stage, RandomGenerator random) {
    return stage.operator().act(Act.ADD, random);
  }

  static Optional<String> remove(Stage stage, RandomGenerator random) {
    return stage.operator().act(Act.REMOVE, random);
  }

  static Optional<String> removeLearners(Stage stage, RandomGenerator random) {
    return stage.operator().act(Act.REMOVE_LEARNERS, random);
  }

  static Optional<String> replace(Stage stage, RandomGenerator random) {
    return stage.operator().act(Act.REPLACE, random);
  }
}
