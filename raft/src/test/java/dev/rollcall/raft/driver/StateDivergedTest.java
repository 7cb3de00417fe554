package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.HandTurnedGroup.Node;
import org.junit.jupiter.api.Test;

/** Whole nodes compare their state machines, and a wrong one stops before it answers anybody. */
class StateDivergedTest {
  /** A verify period, the answers to a round, and the next round. */
  private static final int UNTIL_COMPARED = HandTurnedGroup.RAFT.timing().verifyTicks() + 15;

  private final HandTurnedGroup group = new HandTurnedGroup(3);
  private int readsAsked;

  @Test
  void equalStatesGoOn() {
    Node leader = group.elect();
    leader.propose("a");
    group.passTicks(3 * UNTIL_COMPARED);
    assertThat(leader.role()).isEqualTo(Role.LEADER);
  }

  @Test
  void aFollowerWithAnotherStateStops() {
    Node leader = group.elect();
    leader.propose("a");
    group.settle();
    Node wrong = group.follower();
    wrong.journal.corrupt();
    assertThatThrownBy(() -> group.passTicks(UNTIL_COMPARED))
        .isInstanceOf(StateDiverged.class)
        .hasMessageMatching("the state at entry \\d+ is not the majority's");
  }

  @Test
  void aLeaderWithAnotherStateStopsAndAnswersNoRead() {
    Node leader = group.elect();
    leader.propose("a");
    group.settle();
    leader.journal.corrupt();
    assertThatThrownBy(() -> readEachTick(leader)).isInstanceOf(StateDiverged.class);
    leader.raft.applier().runOnce();
    assertThat(leader.heard.texts())
        .as("but for the last, in whose pass it found out")
        .hasSize(readsAsked) // the proposal, and all reads but one
        .doesNotContain("read " + readsAsked + " ready");
  }

  private void readEachTick(Node node) {
    for (int tick = 0; tick < UNTIL_COMPARED; tick++) {
      readsAsked++;
      node.raft.read(node.heard.read("read " + readsAsked));
      group.clock().advance(HandTurnedGroup.TICK);
      group.settle();
    }
  }
}
