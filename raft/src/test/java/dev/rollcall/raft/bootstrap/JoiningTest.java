package dev.rollcall.raft.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** A node that waits is a member after it was told so, whenever the power goes. */
class JoiningTest {
  private static final Member HOST = new Member(new NodeId(1, 1), "host:1", "host:2");
  private static final ClusterIdentity CLUSTER = ClusterIdentity.foundedBy(List.of(HOST));

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);

  @Test
  void whenThePowerGoesItWaitsAgainOrIsAMember() throws InterruptedException {
    for (int operations = 0; operations < 24; operations++) {
      var directory = new MemoryDisk(random);
      var logDirectory = new MemoryDisk(random);
      Bootstrap first = open(directory, logDirectory);
      NodeId self = first.introduction().nodeId();
      (operations % 2 == 0 ? directory : logDirectory).endPowerAfter(operations / 2);
      try {
        first.run(lettingIn(first), line -> {}).log().close();
      } catch (BootstrapRefused | LogFailure powerIsGone) {
        directory.crash(Loss.SOME);
        logDirectory.crash(Loss.SOME);
      }
      Bootstrap again = open(directory, logDirectory);
      Founded founded = again.run(lettingIn(again), line -> {});
      assertThat(founded.identity().nodeId()).isEqualTo(self);
      assertThat(founded.identity().clusterId()).isEqualTo(CLUSTER.clusterId());
      assertThat(founded.log().restored(0).configurations().getLast().configuration().learners())
          .extracting(Member::id)
          .containsExactly(self);
      founded.log().close();
    }
  }

  private Bootstrap open(MemoryDisk directory, MemoryDisk logDirectory) {
    var log = new LogConfig(4096, 1024);
    return Bootstrap.open(
        directory,
        logDirectory,
        BootstrapConfig.joining("self:1", "self:2", "host:1", log),
        random);
  }

  /** The host answers who it is, and the leader tells the node, as often as it takes. */
  private static Introducer lettingIn(Bootstrap node) {
    return (address, self) -> {
      var configuration =
          new Configuration(
              List.of(HOST),
              List.of(),
              List.of(new Member(self.nodeId(), self.peerAddress(), self.clientAddress())));
      var unused = node.admit(new Admission(self.nodeId(), CLUSTER, configuration));
      return CompletableFuture.completedFuture(
          new Introduction(
              HOST.id(),
              "host:1",
              "host:2",
              List.of("host:1"),
              List.of(HOST),
              Optional.of(CLUSTER)));
    };
  }
}
