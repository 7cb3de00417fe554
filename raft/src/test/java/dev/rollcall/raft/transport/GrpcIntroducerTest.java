package dev.rollcall.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.raft.bootstrap.Bootstrap;
import dev.rollcall.raft.bootstrap.BootstrapConfig;
import dev.rollcall.raft.bootstrap.BootstrapRefused;
import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.bootstrap.Founded;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.fake.MemoryDisk;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** First starts over loopback, each node on a thread of its own. */
@Timeout(60)
class GrpcIntroducerTest {
  private final LoopbackPeer first = new LoopbackPeer();
  private final LoopbackPeer second = new LoopbackPeer();
  private final List<String> both = List.of(first.address(), second.address());
  private final BlockingQueue<String> progress = new LinkedBlockingQueue<>();
  private final ExecutorService starters = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    first.close();
    second.close();
    starters.shutdownNow();
  }

  @Test
  void carriesAllThatANodeSaysOfItself() throws Exception {
    Introduction asker = introduction(1, List.of());
    Introduction answer = introduction(2, List.of(new Member(new NodeId(-1, 2), "a:1", "b:2")));
    first.introduceBy(heard -> heard.equals(asker) ? answer : asker);
    try (GrpcIntroducer introducer = new GrpcIntroducer(LoopbackPeer::channel)) {
      assertThat(untilAnswered(introducer, asker)).isEqualTo(answer);
    }
  }

  @Test
  void nobodyThereIsAnAnswerToo() {
    first.close();
    try (GrpcIntroducer introducer = new GrpcIntroducer(LoopbackPeer::channel)) {
      assertThatThrownBy(
              () -> introducer.introduce(first.address(), introduction(1, List.of())).get())
          .isInstanceOf(ExecutionException.class);
    }
  }

  @Test
  void twoNodesFoundAClusterWhoeverComesFirst() throws Exception {
    Future<Founded> early = start(first, both);
    assertThat(progress.take()).isEqualTo("waiting for 1 of 2 members: " + second.address());
    Future<Founded> late = start(second, both);
    assertThat(early.get().identity().clusterId()).isEqualTo(late.get().identity().clusterId());
    assertThat(early.get().identity().nodeId()).isNotEqualTo(late.get().identity().nodeId());
  }

  @Test
  void twoListsMakeBothRefuse() throws Exception {
    Future<Founded> three = start(first, List.of(first.address(), second.address(), "127.0.0.1:1"));
    progress.take();
    Future<Founded> two = start(second, both);
    assertThat(refusal(three)).isEqualTo(Reason.MEMBER_LIST);
    assertThat(refusal(two)).isEqualTo(Reason.MEMBER_LIST);
  }

  @Test
  void anEmptiedDirectoryIsRefusedByTheOther() throws Exception {
    Future<Founded> one = start(first, both);
    start(second, both).get();
    one.get();
    // A new directory at the same address, while the other goes on answering.
    assertThat(refusal(starters.submit(found(first, both)))).isEqualTo(Reason.PEERS_INITIALISED);
  }

  /** A busy machine may need more than one deadline for its first call ever. */
  private Introduction untilAnswered(GrpcIntroducer introducer, Introduction asker)
      throws InterruptedException {
    while (true) {
      try {
        return introducer.introduce(first.address(), asker).get();
      } catch (ExecutionException e) {
        assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      }
    }
  }

  private Future<Founded> start(LoopbackPeer peer, List<String> listed) {
    return starters.submit(found(peer, listed));
  }

  private Callable<Founded> found(LoopbackPeer peer, List<String> listed) {
    Bootstrap bootstrap =
        Bootstrap.open(
            new MemoryDisk(random()),
            new MemoryDisk(random()),
            BootstrapConfig.founding(peer.address(), "client", listed, new LogConfig(4096, 1024)),
            random());
    peer.introduceBy(bootstrap::introduce);
    return () -> {
      try (GrpcIntroducer introducer = new GrpcIntroducer(LoopbackPeer::channel)) {
        return bootstrap.run(introducer, progress::add);
      }
    };
  }

  private static Reason refusal(Future<Founded> start) throws Exception {
    try {
      start.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BootstrapRefused refused) {
        return refused.reason();
      }
      throw e;
    }
    throw new AssertionError("not refused");
  }

  private static Introduction introduction(long number, List<Member> agreed) {
    return new Introduction(
        new NodeId(7, number),
        "p:" + number,
        "c:" + number,
        List.of("x:1"),
        agreed,
        Optional.empty());
  }

  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("SecureRandom").create();
  }
}
