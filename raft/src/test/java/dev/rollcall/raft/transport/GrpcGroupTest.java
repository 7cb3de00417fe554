package dev.rollcall.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.bootstrap.Bootstrap;
import dev.rollcall.raft.bootstrap.BootstrapConfig;
import dev.rollcall.raft.bootstrap.Founded;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.ProposalListener;
import dev.rollcall.raft.driver.RaftDriver;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftNodeConfig;
import dev.rollcall.raft.driver.ReadListener;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.LogConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three whole members: first start, threads, files, gRPC over loopback. */
@Timeout(120)
class GrpcGroupTest {
  private static final int PROPOSALS = 1_000;

  /** Keeps next to nothing of the log, so that who was away needs a snapshot. */
  private static final RaftConfig RAFT =
      RaftConfig.DEFAULT.with(new RaftConfig.Compaction(5, 1 << 20, 0));

  @TempDir Path directory;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService starters = Executors.newCachedThreadPool();
  private final BlockingQueue<Node> leaders = new LinkedBlockingQueue<>();
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Counter.Saved> states = new ConcurrentHashMap<>();

  @AfterEach
  void stop() {
    nodes.forEach(Node::close);
    starters.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void foundsElectsCommitsAndSurvivesAStoppedLeader() throws Exception {
    startAll();
    Node leader = nextLeader();
    commit(leader, PROPOSALS);
    leader.close();
    Node successor = nextLeader();
    assertThat(successor).isNotSameAs(leader);
    commit(successor, PROPOSALS);
    Node other = nodes.stream().filter(node -> !node.isClosed()).findFirst().orElseThrow();
    CompletableFuture<Long> count = new CompletableFuture<>();
    other.read(count);
    assertThat(count.get(30, TimeUnit.SECONDS)).isEqualTo(2L * PROPOSALS);
    assertThat(failure).isNotDone();
  }

  /** Over the real wire, with the real threads: pieces, install, the new beginning of the log. */
  @Test
  void aMemberThatWasAwayTooLongComesBackOverASnapshot() throws Exception {
    startAll();
    Node leader = nextLeader();
    commit(leader, 10);
    Node away = nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    away.close();
    long committed = 10;
    while (leader.founded.log().firstIndex() <= away.raft.status().lastIndex() + 1) {
      commit(leader, 200);
      committed += 200;
    }
    Node back = away.comeBack();
    assertThat(back.counter.whenInstalled().get(60, TimeUnit.SECONDS)).isGreaterThan(10);

    // It votes again: with another member gone nothing commits without it.
    Node third =
        nodes.stream()
            .filter(node -> node != leader && node != away && node != back)
            .findFirst()
            .orElseThrow();
    third.close();
    commit(leader, 10);
    CompletableFuture<Long> count = new CompletableFuture<>();
    back.read(count);
    assertThat(count.get(30, TimeUnit.SECONDS)).isEqualTo(committed + 10);
    assertThat(failure).isNotDone();
  }

  private void startAll() throws Exception {
    List<LoopbackPeer> peers = List.of(new LoopbackPeer(), new LoopbackPeer(), new LoopbackPeer());
    List<String> listed = peers.stream().map(LoopbackPeer::address).toList();
    List<Future<Node>> starting = new ArrayList<>();
    for (LoopbackPeer peer : peers) {
      starting.add(starters.submit(() -> new Node(peer, listed)));
    }
    for (Future<Node> each : starting) {
      nodes.add(each.get(60, TimeUnit.SECONDS));
    }
  }

  private Node nextLeader() throws InterruptedException {
    return Objects.requireNonNull(leaders.poll(60, TimeUnit.SECONDS), "no leader");
  }

  /** Proposals that a change of leaders swallows are proposed again, to whoever leads then. */
  private void commit(Node first, int count) throws Exception {
    Node leader = first;
    int committed = 0;
    while (committed < count) {
      List<CompletableFuture<Boolean>> answers = new ArrayList<>();
      for (int i = committed; i < count; i++) {
        answers.add(leader.propose(i));
      }
      for (CompletableFuture<Boolean> answer : answers) {
        committed += answer.get(60, TimeUnit.SECONDS) ? 1 : 0;
      }
      if (committed < count) {
        leader = nextLeader();
      }
    }
  }

  /** A member, from its directory to its port. */
  private final class Node implements AutoCloseable {
    private final LoopbackPeer peer;
    private final List<String> listed;
    private final FileDisk disk;
    private final FileDisk logDisk;
    private final Founded founded;
    private final GrpcTransport transport;
    private final RaftNode<Long> raft;
    private final RaftDriver driver;
    private final Counter counter;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Node(LoopbackPeer peer, List<String> listed) throws InterruptedException {
      this.peer = peer;
      this.listed = listed;
      counter =
          new Counter(
              states.computeIfAbsent(peer.address(), address -> new Counter.Saved()),
              () -> leaders.add(this));
      String name = peer.address().replace(':', '-');
      disk = FileDisk.open(directory.resolve(name));
      logDisk = FileDisk.open(directory.resolve(name).resolve("log"));
      LogConfig log = new LogConfig(1 << 16, 1 << 14);
      Bootstrap bootstrap =
          Bootstrap.open(
              disk,
              logDisk,
              BootstrapConfig.founding(peer.address(), "client", listed, log),
              RandomGeneratorFactory.of("SecureRandom").create());
      peer.introduceBy(bootstrap::introduce);
      try (GrpcIntroducer introducer = new GrpcIntroducer(LoopbackPeer::channel)) {
        founded = bootstrap.run(introducer, line -> {});
      }
      transport =
          new GrpcTransport(
              founded.identity(),
              peer.address(),
              LoopbackPeer::channel,
              timer,
              RandomGeneratorFactory.of("L64X128MixRandom").create(peer.address().hashCode()));
      raft =
          new RaftNode<>(
              new RaftNodeConfig(founded.identity().nodeId(), RAFT, RaftNodeConfig.DEFAULT_TICK),
              founded.log(),
              counter,
              transport,
              Clock.SYSTEM,
              RandomGeneratorFactory.of("L64X128MixRandom").create(peer.address().hashCode()),
              event -> {});
      transport.setMembers(raft.status().configuration().members());
      peer.service.open(
          founded.identity(), raft::receive, raft::receive, PeerEvents.NONE, transport::heard);
      driver = RaftDriver.start(raft, failure::complete);
    }

    CompletableFuture<Boolean> propose(int number) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      byte[] payload = ByteBuffer.allocate(256).putInt(number).array();
      raft.propose(
          Payload.wrap(payload),
          new ProposalListener<>() {
            @Override
            public void applied(long index, Long result) {
              answer.complete(true);
            }

            @Override
            public void refused(RefusalReason reason, Optional<NodeId> leader) {
              answer.complete(false);
            }

            @Override
            public void lost() {
              answer.complete(false);
            }
          });
      return answer;
    }

    void read(CompletableFuture<Long> count) {
      raft.read(
          new ReadListener() {
            @Override
            public void ready() {
              count.complete(counter.commands());
            }

            @Override
            public void failed() {
              read(count);
            }
          });
    }

    /** The same member, after {@link #close}. */
    Node comeBack() throws InterruptedException {
      peer.comeBack();
      Node back = new Node(peer, listed);
      nodes.add(back);
      return back;
    }

    boolean isClosed() {
      return closed.get();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        peer.close();
        driver.close();
        transport.close();
        founded.log().close();
        try {
          logDisk.close();
          disk.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
