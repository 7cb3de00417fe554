package dev.rollcall.raft.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private final FoundingGroup group = new FoundingGroup(random(1), "a:1", "b:1", "c:1");

  @Test
  void allNodesFoundTheSameClusterWithTheSameFirstEntry() {
    group.runToTheEnd();
    Founded first = group.founded("a:1");
    for (String address : group.addresses()) {
      Founded founded = group.founded(address);
      assertThat(founded.identity().clusterId()).isEqualTo(first.identity().clusterId());
      assertThat(founded.identity().historyId()).isEqualTo(first.identity().historyId());
      assertThat(founded.log().entries(1, 1, 1)).isEqualTo(first.log().entries(1, 1, 1));
      Restored restored = founded.log().restored(0);
      Configuration configuration = restored.configurations().getLast().configuration();
      assertThat(configuration.members())
          .extracting(member -> member.peerAddress() + " " + member.clientAddress())
          .containsExactlyInAnyOrder("a:1 client-a:1", "b:1 client-b:1", "c:1 client-c:1");
      assertThat(configuration.isVoter(founded.identity().nodeId())).isTrue();
    }
  }

  @Test
  void aSingleMemberFoundsItsClusterAlone() {
    FoundingGroup alone = new FoundingGroup(random(1), "a:1");
    alone.turn("a:1");
    assertThat(alone.isFounded("a:1")).isTrue();
  }

  @Test
  void nobodyFoundsBeforeAllHaveAnswered() {
    group.stop("c:1");
    group.turnAll(10);
    assertThat(group.isFounded("a:1")).isFalse();
    assertThat(group.introduction("a:1").agreed()).isEmpty();
    group.start("c:1");
    group.runToTheEnd();
  }

  @Test
  void nobodyFoundsBeforeAllAreBound() {
    group.turn("a:1");
    assertThat(group.introduction("a:1").agreed()).hasSize(3);
    group.turn("a:1");
    group.turn("b:1");
    group.turn("a:1");
    assertThat(group.isFounded("a:1")).isFalse();
    group.turn("c:1");
    assertThat(group.isFounded("c:1")).isTrue();
  }

  @Test
  void oneInitialisedFounderIsEnoughForABoundOne() {
    group.turnAll(1);
    group.stop("b:1");
    assertThat(group.isFounded("c:1")).isTrue();
    group.turn("a:1");
    assertThat(group.isFounded("a:1")).isTrue();
  }

  @Test
  void anInitialisedNodeStartsWithoutAskingAnybody() {
    group.runToTheEnd();
    group.restart("a:1", Loss.EVERYTHING);
    group.stop("b:1");
    group.stop("c:1");
    group.turn("a:1");
    assertThat(group.isFounded("a:1")).isTrue();
  }

  @Test
  void aNodeWithAnEmptiedDirectoryIsRefusedByItsInitialisedPeers() {
    group.runToTheEnd();
    group.wipe("a:1");
    assertThat(refusal("a:1"))
        .returns(Reason.PEERS_INITIALISED, BootstrapRefused::reason)
        .hasMessageStartingWith("this node's directory is new, but b:1 belongs to cluster");
  }

  @Test
  void aNodeEmptiedAfterItWasBoundNeverTakesPart() {
    group.turn("a:1");
    group.turn("b:1");
    group.wipe("b:1");
    assertThat(refusal("b:1"))
        .returns(Reason.FOUNDERS_DIFFER, BootstrapRefused::reason)
        .hasMessageStartingWith("a:1 has agreed on founders without this node");
    // Everybody has answered and nobody is initialised: now the bound one knows too.
    assertThat(refusal("a:1"))
        .returns(Reason.FOUNDERS_DIFFER, BootstrapRefused::reason)
        .hasMessageContaining("none of them is initialised");
  }

  @Test
  void aBoundNodeIsNotTurnedAwayByAStrangerWhileAnotherMayBeInitialised() {
    group.turn("a:1");
    group.turn("b:1");
    group.turn("c:1");
    assertThat(group.isFounded("c:1")).isTrue();
    group.stop("c:1");
    group.wipe("b:1");
    group.turn("a:1");
    assertThat(group.isFounded("a:1")).isFalse();
    assertThat(group.waitingFor("a:1"))
        .isEqualTo("waiting for 1 of 3 members: c:1; agreed on other nodes than this one: b:1");
    group.start("c:1");
    group.turn("a:1");
    assertThat(group.isFounded("a:1")).isTrue();
  }

  @Test
  void membersThatListDifferentOnesRefuseEachOther() {
    group.add("b:1", "a:1", "b:1");
    assertThat(refusal("b:1"))
        .returns(Reason.MEMBER_LIST, BootstrapRefused::reason)
        .hasMessage("members are listed differently: here [a:1, b:1], at a:1 [a:1, b:1, c:1]");
    assertThat(refusal("a:1"))
        .returns(Reason.MEMBER_LIST, BootstrapRefused::reason)
        .hasMessage("members are listed differently: here [a:1, b:1, c:1], at b:1 [a:1, b:1]");
  }

  @Test
  void anotherNameForTheSameNodeIsRefused() {
    group.stop("c:1");
    group.alias("localhost:1", "b:1");
    group.add("a:1", "a:1", "localhost:1", "c:1");
    assertThat(refusal("a:1"))
        .hasMessage(
            "localhost:1 is listed here, but the node there calls itself b:1: list members by their"
                + " own names");
  }

  @Test
  void aCopiedDirectoryIsRefused() {
    group.copyDirectory("a:1", "b:1");
    group.start("b:1");
    assertThat(refusal("b:1"))
        .returns(Reason.COPIED_DIRECTORY, BootstrapRefused::reason)
        .hasMessageStartingWith("a:1 answers with this node's own id");
    assertThat(refusal("c:1"))
        .returns(Reason.COPIED_DIRECTORY, BootstrapRefused::reason)
        .hasMessageStartingWith("two listed members answer with the same id");
  }

  @Test
  void theDirectoryOfAnotherMemberIsRefused() {
    group.runToTheEnd();
    group.copyDirectory("a:1", "b:1");
    BootstrapRefused refused =
        catchThrowableOfType(BootstrapRefused.class, () -> group.start("b:1"));
    assertThat(refused.reason()).isEqualTo(Reason.OTHER_NODES_DIRECTORY);
  }

  @Test
  void anInitialisedNodeWhoseLogIsGoneIsRefused() {
    group.runToTheEnd();
    group.wipeLog("a:1");
    assertThat(catchThrowableOfType(BootstrapRefused.class, () -> group.start("a:1")).reason())
        .isEqualTo(Reason.LOG_MISSING);
  }

  @Test
  void aLogWithoutAnIdentityIsRefused() {
    group.runToTheEnd();
    group.wipeIdentity("a:1");
    assertThat(catchThrowableOfType(BootstrapRefused.class, () -> group.start("a:1")).reason())
        .isEqualTo(Reason.IDENTITY_MISSING);
  }

  @Test
  void membersThatWereAgreedOnCannotBeListedDifferentlyAfterwards() {
    group.turn("a:1");
    assertThat(
            catchThrowableOfType(
                    BootstrapRefused.class, () -> group.add("a:1", "a:1", "b:1", "d:1"))
                .getMessage())
        .isEqualTo(
            "identity has agreed on the members [a:1, b:1, c:1], but [a:1, b:1, d:1] are listed");
  }

  @Test
  void saysWhatItWaitsFor() {
    group.stop("b:1");
    group.stop("c:1");
    assertThat(group.waitingFor("a:1")).isEqualTo("waiting for 2 of 3 members: b:1, c:1");
    group.start("b:1");
    group.start("c:1");
    group.turn("a:1");
    assertThat(group.waitingFor("a:1"))
        .isEqualTo("all 3 members have answered; waiting for the agreement of b:1, c:1");
  }

  @Test
  void anImpossibleListIsRefusedAtOnce() {
    assertThatThrownBy(() -> group.add("a:1", "b:1", "c:1"))
        .hasMessage("this node's peer address a:1 is not among the listed members [b:1, c:1]");
    assertThatThrownBy(() -> group.add("a:1", "a:1", "b:1", "b:1"))
        .hasMessage("a member is listed twice: [a:1, b:1, b:1]");
    assertThatThrownBy(() -> group.add("a:1", "a:1", "b 1")).hasMessage("not an address: \"b 1\"");
  }

  /** Every operation of every disk is once the last before a crash. */
  @Test
  void recoversFromACrashAfterAnyStep() {
    int crashes = 0;
    for (String victim : group.addresses()) {
      for (boolean inLog : new boolean[] {false, true}) {
        for (Loss loss : Loss.values()) {
          crashes += crashEverywhere(victim, inLog, loss);
        }
      }
    }
    assertThat(crashes).isGreaterThan(150);
  }

  private static int crashEverywhere(String victim, boolean inLog, Loss loss) {
    for (int operations = 0; true; operations++) {
      FoundingGroup fresh = new FoundingGroup(random(operations), "a:1", "b:1", "c:1");
      boolean crashed = fresh.runWithCrash(victim, inLog, operations, loss);
      String story =
          "%s crashed after %d operations, in log %s, losing %s"
              .formatted(victim, operations, inLog, loss);
      assertThat(fresh.addresses()).as(story).allMatch(fresh::isFounded);
      assertThat(fresh.clusters()).as(story).hasSize(1);
      if (!crashed) {
        return operations;
      }
    }
  }

  /** Stops, crashes, wipes and late answers as a seed has it. */
  @Test
  void directoriesNeverBelongToTwoClustersWhateverHappens() {
    int founded = 0;
    for (long seed = 1; seed <= 200; seed++) {
      FoundingGroup fresh = new FoundingGroup(random(seed), "a:1", "b:1", "c:1");
      for (int step = 0; step < 80; step++) {
        fresh.randomStep();
        assertThat(fresh.clusters()).as("seed %d, step %d", seed, step).hasSizeLessThan(2);
      }
      founded += fresh.clusters().size();
    }
    assertThat(founded).isGreaterThan(40);
  }

  private BootstrapRefused refusal(String address) {
    return catchThrowableOfType(BootstrapRefused.class, () -> group.turn(address));
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
