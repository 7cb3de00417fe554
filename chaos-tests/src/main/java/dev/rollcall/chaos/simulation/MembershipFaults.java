package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.SimOperator.Act;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What the operator does at the worst moment: changes the members, moves the leadership. */
final class MembershipFaults {
  private static final Act[] CUT_OFF = {Act.ADD, Act.REMOVE, Act.REPLACE};

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

  static Optional<String> promote(Stage stage, RandomGenerator random) {
    return stage.operator().act(Act.PROMOTE, random);
  }

  static Optional<String> replace(Stage stage, RandomGenerator random) {
    return stage.operator().act(Act.REPLACE, random);
  }

  /** A change that its leader has in its log alone: whoever leads next takes it back. */
  static Optional<String> changeCutOff(Stage stage, RandomGenerator random) {
    Act act = CUT_OFF[random.nextInt(CUT_OFF.length)];
    Optional<SimNode> leader = stage.cluster().leader();
    Optional<String> what = stage.operator().act(act, random);
    if (leader.isEmpty() || what.isEmpty()) {
      return Optional.empty();
    }
    int alone = leader.get().number();
    for (SimNode other : stage.cluster().nodes()) {
      if (other.number() != alone) {
        stage.cluster().network().cutOff(alone, other.number());
      }
    }
    return Optional.of(
        what.get() + ", and node " + alone + " is alone" + NetworkFaults.healLater(stage, random));
  }
}
