package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.ChangedRevision;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchSnapshot;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that does not read costs the node a position, not a queue. */
class SlowWatcherTest {
  private static final int INSTANCES = 800;
  private static final int ROUNDS = 24;

  @TempDir Path directory;

  @Test
  void whatIsNotReadIsNotSentAndTheWatcherIsBroughtForward() throws Exception {
    try (var server = TestNode.single(directory);
        var client = new TestClient(server.clientAddress())) {
      var slow = new SlowWatch();
      var channel = slowChannel(server);
      var responses = DiscoveryGrpc.newStub(channel).watch(slow);
      responses.onNext(Watching.create(1, "slow"));
      slow.request(2);
      slow.next();
      slow.next();

      // More changes than the ring holds, none of which is read; other watchers are served
      // meanwhile.
      var quick = client.watch();
      quick.send(Watching.create(1, "quick"));
      Watching.next(quick);
      Watching.next(quick);
      for (int round = 1; round <= ROUNDS; round++) {
        client.registration().register(round(round));
      }
      client.register("quick", "i-1", 60_000);
      assertThat(Watching.next(quick).getDeltas().getDeltas(0).getUpserts(0).getInstanceId())
          .isEqualTo("i-1");
      // Five were taken; beyond that only what fits into the connection.
      assertThat(Scrape.value(server, "rollcall_watch_messages_total")).isLessThan(12);

      // It reads again, and ends where everybody is.
      var state = new TreeMap<String, Long>();
      long target = client.resolve("slow").getServiceRevision();
      long revision = 0;
      boolean reset = false;
      while (revision < target) {
        slow.request(1);
        WatchResponse response = slow.next();
        switch (response.getResponseCase()) {
          case DELTAS -> revision = apply(state, response.getDeltas().getDeltas(0), revision);
          case SNAPSHOT -> {
            reset |= response.getSnapshot().getReset();
            revision = apply(state, response.getSnapshot(), revision);
          }
          default -> {}
        }
      }
      assertThat(reset).isTrue();
      assertThat(state).hasSize(INSTANCES);
      assertThat(state.values()).containsOnly((long) ROUNDS);
      assertThat(Scrape.value(server, "rollcall_watch_resets_total")).isEqualTo(1);
      channel.shutdownNow();
    }
  }

  @Test
  void changesThatAreNotReadAreNotSentAndComeLaterFromTheLog() throws Exception {
    try (var server = TestNode.single(directory);
        var client = new TestClient(server.clientAddress())) {
      var history = client.register("other", "i-1", 60_000).getHeader().getHistoryId();
      var slow = new SlowWatch();
      var channel = slowChannel(server);
      var responses = DiscoveryGrpc.newStub(channel).watch(slow);
      responses.onNext(
          Watching.create(
              CreateWatch.newBuilder()
                  .setWatchId(1)
                  .setService("slow")
                  .setMode(WatchMode.WATCH_MODE_CHANGES)
                  .setStartRevision(1)
                  .setHistoryId(history)));
      slow.request(1);
      slow.next();
      var expected = new ArrayList<Long>();
      for (int round = 1; round <= ROUNDS; round++) {
        var registered = client.registration().register(round(round));
        expected.add(registered.getHeader().getRevision());
      }
      assertThat(Scrape.value(server, "rollcall_watch_messages_total")).isLessThan(12);

      var whole = new ArrayList<Long>();
      int changes = 0;
      while (whole.size() < ROUNDS) {
        slow.request(1);
        for (ChangedRevision part : slow.next().getChanges().getRevisionsList()) {
          changes += part.getChangesCount();
          if (!part.getMore()) {
            assertThat(changes).isEqualTo(INSTANCES);
            whole.add(part.getRevision());
            changes = 0;
          }
        }
      }
      assertThat(whole).isEqualTo(expected);
      channel.shutdownNow();
    }
  }

  @Test
  void changesThatTheLogHasLostMeanwhileAreNotSkippedInSilence() throws Exception {
    try (var server = TestNode.single(directory, "--change-log-bytes=64KiB");
        var client = new TestClient(server.clientAddress())) {
      var history = client.register("other", "i-1", 60_000).getHeader().getHistoryId();
      var slow = new SlowWatch();
      var channel = slowChannel(server);
      var responses = DiscoveryGrpc.newStub(channel).watch(slow);
      var create =
          CreateWatch.newBuilder()
              .setWatchId(1)
              .setService("slow")
              .setMode(WatchMode.WATCH_MODE_CHANGES)
              .setStartRevision(2)
              .setHistoryId(history);
      responses.onNext(Watching.create(create));
      slow.request(1);
      slow.next();
      for (int round = 1; round <= ROUNDS; round++) {
        client.registration().register(round(round));
      }
      Scrape.await(server, "rollcall_change_log_compact_revision", ROUNDS + 2);

      long next = 2;
      WatchResponse response = WatchResponse.getDefaultInstance();
      while (!response.hasCanceled()) {
        for (ChangedRevision part : response.getChanges().getRevisionsList()) {
          assertThat(part.getRevision()).isEqualTo(next);
          next += part.getMore() ? 0 : 1;
        }
        slow.request(1);
        response = slow.next();
      }
      var lost = response.getCanceled();
      assertThat(lost.getReason()).isEqualTo(ErrorReason.COMPACTED);
      assertThat(lost.getCompactRevision()).isGreaterThan(next);
      assertThat(lost.getHeader().getRevision()).isEqualTo(ROUNDS + 1);

      // One that begins there is told at once, and one that begins where it may stands.
      slow.request(2);
      responses.onNext(Watching.create(create));
      assertThat(slow.next().getCanceled().getReason()).isEqualTo(ErrorReason.COMPACTED);
      responses.onNext(Watching.create(create.setStartRevision(lost.getCompactRevision())));
      assertThat(slow.next().getCreated().getStartRevision()).isEqualTo(lost.getCompactRevision());
      channel.shutdownNow();
    }
  }

  @Test
  void aClientThatOpensAHundredThousandWatchesAndReadsNothingGetsWhatOneStreamMayHave()
      throws Exception {
    try (var server = TestNode.single(directory);
        var client = new TestClient(server.clientAddress())) {
      var greedy = new SlowWatch();
      var channel = slowChannel(server);
      var requests = DiscoveryGrpc.newStub(channel).watch(greedy);
      for (long id = 1; id <= 100_000; id++) {
        requests.onNext(Watching.create(id, "greedy"));
      }
      // Those that may be, and as many refusals as are kept for who does not hear them.
      Scrape.await(server, "rollcall_watch_watches", 10_064);

      // Others are served meanwhile.
      var other = client.watch();
      other.send(Watching.create(1, "other"));
      Watching.next(other);
      Watching.next(other);
      client.register("other", "i-1", 60_000);
      assertThat(Watching.next(other).hasDeltas()).isTrue();
      assertThat(Scrape.value(server, "rollcall_watch_watches")).isEqualTo(10_065);

      // What is read makes room for the next refusal, which is named.
      WatchResponse refusal = null;
      while (refusal == null) {
        greedy.request(1);
        WatchResponse response = greedy.next();
        refusal = response.hasCanceled() ? response : null;
      }
      assertThat(refusal.getCanceled().getReason()).isEqualTo(ErrorReason.TOO_MANY_WATCHES);
      assertThat(refusal.getWatchIds(0)).isGreaterThan(10_000);
      channel.shutdownNow();
      Scrape.await(server, "rollcall_watch_watches", 1);
    }
  }

  /** Of its own, and one that takes little ahead of what is asked for. */
  private static ManagedChannel slowChannel(RegistryServer server) {
    return NettyChannelBuilder.forAddress(server.clientAddress().socketAddress())
        .usePlaintext()
        .flowControlWindow(64 << 10)
        .build();
  }

  private static RegisterRequest round(int incarnation) {
    var request = RegisterRequest.newBuilder().setTtlMillis(3_600_000);
    IntStream.range(0, INSTANCES)
        .forEach(i ->
            request.addInstances(
                instance("slow", "i-" + i).toBuilder().setIncarnation(incarnation)));
    return request.build();
  }

  private static long apply(Map<String, Long> state, WatchDelta delta, long revision) {
    delta.getUpsertsList().forEach(i -> state.put(i.getInstanceId(), i.getIncarnation()));
    return delta.getMore() ? revision : delta.getRevision();
  }

  private static long apply(Map<String, Long> state, WatchSnapshot part, long revision) {
    for (Instance instance : part.getInstancesList()) {
      state.put(instance.getInstanceId(), instance.getIncarnation());
    }
    return part.getLast() ? part.getRevision() : revision;
  }

  /** Takes one message each time it asks for one. */
  private static final class SlowWatch
      implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final LinkedBlockingQueue<WatchResponse> heard = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<WatchRequest> call;

    void request(int count) {
      Objects.requireNonNull(call).request(count);
    }

    WatchResponse next() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(30, TimeUnit.SECONDS), "silence");
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(WatchResponse response) {
      heard.add(response);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
