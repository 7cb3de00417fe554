package dev.rollcall.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.SnapshotConfig;
import dev.rollcall.server.api.Headers;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.v1.SaveSnapshotResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a snapshot's way ends when the other side, or this one, does not go on. */
class SnapshotStreamTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  private final RegistryStore store = RegistryStore.open(new MemoryOrderedStore());
  private final Call call = new Call();

  @Test
  void oneWhoDoesNotReadIsToldSoAndMakesRoom() throws Exception {
    applySomething();
    try (var streams = streams(Runnable::run, SHORT)) {
      call.isReady = false;
      streams.open(call);
      assertThat(call.ending()).startsWith("UNAVAILABLE: NOT_READY").contains("nobody has read");
      assertThat(call.messages).hasSize(1);
      while (streams.open() > 0) {
        Thread.onSpinWait();
      }
      var next = new Call();
      streams.open(next);
      assertThat(next.ending()).isEqualTo("OK");
      assertThat(streams.served()).isEqualTo(1);
    }
  }

  @Test
  void nothingIsSentFasterThanTheRate() throws Exception {
    applySomething();
    long start = System.nanoTime();
    // One chunk of some 300 bytes at 1,000 a second, and the next only afterwards.
    try (var streams =
        new SnapshotStreams(parts(Runnable::run, limits(1, 1_000, Duration.ofSeconds(60))))) {
      streams.open(call);
      assertThat(call.ending()).isEqualTo("OK");
      assertThat(call.messages).hasSize(1 + 2);
      long lastBytes = call.messages.getLast().getChunk().size();
      long paced = streams.bytesSent() - lastBytes;
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(paced * 1_000_000);
    }
  }

  @Test
  void aNodeThatAppliesNothingOrHasNothingSaysSo() throws Exception {
    try (var streams = streams(Runnable::run, SHORT)) {
      streams.open(call);
      assertThat(call.ending()).contains("applied nothing yet");
    }
  }

  @Test
  void oneThatWaitsForTheApplyThreadEndsWithTheNode() throws Exception {
    applySomething();
    var held = new LinkedBlockingQueue<Runnable>();
    var streams = streams(held::add, SHORT);
    streams.open(call);
    Runnable pin = held.take();
    streams.close();
    assertThat(call.ending()).startsWith("UNAVAILABLE: NOT_READY");
    // The apply thread comes too late: it must not pin what nobody lets go.
    store.close();
    pin.run();
    // After the end nothing begins.
    var late = new Call();
    streams.open(late);
    assertThat(late.ending()).startsWith("UNAVAILABLE: NOT_READY");
  }

  private void applySomething() {
    byte[] command = CommandCodec.encode(Request.of(new Command.OpenSession()));
    store.apply(List.of(new LogEntry(1, 1, command)));
  }

  private SnapshotStreams streams(Executor applyThread, Duration idleMax) {
    return new SnapshotStreams(parts(applyThread, limits(1 << 20, 1L << 30, idleMax)));
  }

  private SnapshotStreams.Parts parts(Executor applyThread, SnapshotConfig limits) {
    ByteString id = ByteString.copyFrom(new byte[16]);
    return new SnapshotStreams.Parts(
        applyThread, store, Clock.SYSTEM, new Headers(id, id, new NodeId(0, 1)), limits);
  }

  private static SnapshotConfig limits(int chunkBytesMax, long bytesPerSecondMax, Duration idle) {
    return new SnapshotConfig(
        chunkBytesMax, bytesPerSecondMax, idle.dividedBy(2), 1, idle, idle, Duration.ofSeconds(1));
  }

  /** The call of one who saves. */
  private static final class Call extends ServerCallStreamObserver<SaveSnapshotResponse> {
    private final List<SaveSnapshotResponse> messages = new ArrayList<>();
    private final CompletableFuture<String> ending = new CompletableFuture<>();
    private volatile boolean isReady = true;

    String ending() throws Exception {
      return ending.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(SaveSnapshotResponse message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      Status status = ((StatusRuntimeException) failure).getStatus();
      ending.complete(status.getCode() + ": " + status.getDescription());
    }

    @Override
    public void onCompleted() {
      ending.complete("OK");
    }

    @Override
    public boolean isReady() {
      return isReady;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}
