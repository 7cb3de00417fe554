package dev.rollcall.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One member on three real threads. A tick lasts an hour, so whoever misses a wake-up misses it for
 * good, and the test times out.
 */
@Timeout(60)
class RaftDriverTest {
  /** A group of one sends nothing. */
  private static final Transport NOBODY =
      new Transport() {
        @Override
        public void send(List<Outbound> messages) {}

        @Override
        public void send(NodeId to, SnapshotMessage message) {}
      };

  private static final NodeId SELF = new NodeId(0, 1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final MemoryDisk disk = new MemoryDisk(random());
  private final Journal journal = new Journal();
  private final RaftNode<String> node = node(disk, journal);
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private final RaftDriver driver = RaftDriver.start(node, failure::complete);

  @BeforeEach
  void awaitLeadership() throws Exception {
    journal.firstTerm().get();
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void losesNoWakeUpBetweenItsThreads() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      assertThat(propose("c" + i).get()).endsWith(":c" + i);
    }
    assertThat(journal.commands()).hasSize(3_000);
  }

  @Test
  void appliesEverythingItHandedOverBeforeItCloses() throws Exception {
    CompletableFuture<String> last = new CompletableFuture<>();
    for (int i = 0; i < 1_000; i++) {
      last = propose("c" + i);
    }
    last.get();
    driver.close();
    assertThat(journal.isClosed()).isTrue();
    assertThat(journal.commands()).hasSize(1_000);
    driver.close();
    assertThat(failure).isNotDone();
  }

  @Test
  void aFailedForceStopsTheNodeAndAnswersNobody() throws Exception {
    propose("before").get();
    disk.failNextForce();
    CompletableFuture<String> answer = propose("after");
    assertThat(failure.get()).isInstanceOf(LogFailure.class);
    driver.close();
    assertThat(answer).isNotDone();
    assertThat(journal.isClosed()).isFalse();
  }

  @Test
  void aListenerThatThrowsStopsTheNode() throws Exception {
    node.execute(() -> {
      throw new IllegalStateException("broken");
    });
    assertThat(failure.get()).hasMessage("broken");
  }

  @Test
  void theFatalHandlerMayCloseTheDriver() throws Exception {
    MemoryDisk otherDisk = new MemoryDisk(random());
    RaftNode<String> other = node(otherDisk, new Journal());
    otherDisk.failNextForce();
    CompletableFuture<RaftDriver> started = new CompletableFuture<>();
    CompletableFuture<Throwable> closed = new CompletableFuture<>();
    started.complete(
        RaftDriver.start(
            other,
            cause -> {
              started.join().close();
              closed.complete(cause);
            }));
    assertThat(closed.get()).isInstanceOf(LogFailure.class);
  }

  @Test
  void anInterruptedCloserStillWaitsForTheEnd() throws Exception {
    propose("a").get();
    Thread.currentThread().interrupt();
    driver.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(journal.isClosed()).isTrue();
  }

  private CompletableFuture<String> propose(String command) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    node.propose(
        Journal.command(command),
        new ProposalListener<>() {
          @Override
          public void applied(long index, String result) {
            answer.complete(result);
          }

          @Override
          public void refused(RefusalReason reason, Optional<NodeId> leader) {
            answer.completeExceptionally(new IllegalStateException("refused " + reason));
          }

          @Override
          public void lost() {
            answer.completeExceptionally(new IllegalStateException("lost"));
          }
        });
    return answer;
  }

  private static RaftNode<String> node(MemoryDisk disk, Journal journal) {
    Member self = new Member(SELF, "peer:1", "client:1");
    SegmentedLog log =
        SegmentedLog.create(
            disk,
            new LogIdentity(new ClusterId(1, 1), new HistoryId(2, 2), SELF, 0),
            new LogConfig(1 << 20, 1 << 16),
            Configuration.ofVoters(List.of(self)));
    return new RaftNode<>(
        new RaftNodeConfig(SELF, HandTurnedGroup.RAFT, HOUR),
        log,
        journal,
        NOBODY,
        Clock.SYSTEM,
        random(),
        event -> {});
  }

  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(1);
  }
}
