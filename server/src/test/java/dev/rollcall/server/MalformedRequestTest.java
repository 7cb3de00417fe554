package dev.rollcall.server;

import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.WatchRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of a stranger, over a real connection: each gets its documented answer, gRPC finds nothing
 * to complain of in the log, and who else is connected notices nothing.
 */
class MalformedRequestTest {
  private static final ByteString GARBAGE =
      ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xff, 0x01});

  /** A field cut off in the middle. */
  private static final ByteString CUT_OFF = ByteString.copyFrom(new byte[] {0x0a, 0x7f, 'x'});

  private static final int REQUEST_BYTES_MAX = 3 << 19;
  private static final int READ_BYTES_MAX = 4 << 20;

  private final Complaints complaints = new Complaints();
  private RegistryServer server;
  private TestClient client;

  @BeforeEach
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
    client.register("live", "i-1", 3_600_000);
    complaints.listen();
  }

  @AfterEach
  void stop() {
    complaints.close();
    client.close();
    server.close();
  }

  @Test
  void aCallWithBytesThatAreNoMessageIsRefused() {
    for (ByteString bytes : List.of(GARBAGE, CUT_OFF)) {
      assertThat(refusal(() -> call(RegistrationGrpc.getRegisterMethod(), bytes)))
          .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
      assertThat(refusal(() -> call(DiscoveryGrpc.getResolveMethod(), bytes)))
          .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    }
    assertThat(client.ids("live")).containsExactly("i-1");
    assertThat(complaints.heard).isEmpty();
  }

  @Test
  void aKeepAliveStreamEndsAtBytesThatAreNoMessage() {
    long lease = client.register("live", "i-2", 3_600_000).getLeaseId();
    var good = KeepAliveRequest.newBuilder().addLeaseIds(lease).build().toByteString();
    var stream = stream(RegistrationGrpc.getKeepAliveMethod());
    stream.send(good);
    assertThat(stream.next().getRenewals(0).getAlive()).isTrue();
    stream.send(CUT_OFF);

    assertThat(stream.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    assertThat(complaints.heard).isEmpty();
  }

  @Test
  void answersThatAreUnderWayWhenAStreamEndsSoAreDropped() {
    long lease = client.register("live", "i-2", 3_600_000).getLeaseId();
    var good = KeepAliveRequest.newBuilder().addLeaseIds(lease).build().toByteString();
    for (int round = 0; round < 50; round++) {
      var stream = stream(RegistrationGrpc.getKeepAliveMethod());
      for (int i = 0; i < 16; i++) {
        stream.send(good);
      }
      stream.send(GARBAGE);
      assertThat(stream.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    }
    assertThat(complaints.heard).isEmpty();
  }

  @Test
  void aWatchStreamEndsAtBytesThatAreNoMessageAndItsWatchesWithIt() {
    var watch = WatchRequest.newBuilder();
    watch.getCreateBuilder().setWatchId(1).setService("live");
    var stream = stream(DiscoveryGrpc.getWatchMethod());
    stream.send(watch.build().toByteString());
    assertThat(stream.next().getWatchIds(0)).isEqualTo(1);
    stream.send(GARBAGE);

    assertThat(stream.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    Scrape.await(server, "rollcall_watch_watches", 0);
    assertThat(complaints.heard).isEmpty();
  }

  @Test
  void aRequestOverTheLimitIsRefusedByName() {
    for (int bytes : new int[] {REQUEST_BYTES_MAX + 1, READ_BYTES_MAX}) {
      assertThat(refusal(() -> call(DiscoveryGrpc.getResolveMethod(), padded(bytes))))
          .isEqualTo("INVALID_ARGUMENT REQUEST_TOO_LARGE");
      var stream = stream(RegistrationGrpc.getKeepAliveMethod());
      stream.send(padded(bytes));
      assertThat(stream.ending()).isEqualTo("INVALID_ARGUMENT REQUEST_TOO_LARGE");
    }
    assertThat(complaints.heard).isEmpty();
  }

  @Test
  void aRequestThatIsSmallOnlyWhilePackedIsRefusedByName() {
    var packed = CallOptions.DEFAULT.withCompression("gzip");

    // Read, and then found to lack a name.
    assertThat(
            refusal(
                () -> call(DiscoveryGrpc.getResolveMethod(), padded(REQUEST_BYTES_MAX), packed)))
        .isEqualTo("INVALID_ARGUMENT INVALID_NAME");
    for (int bytes : new int[] {REQUEST_BYTES_MAX + 1, 4 * READ_BYTES_MAX}) {
      assertThat(refusal(() -> call(DiscoveryGrpc.getResolveMethod(), padded(bytes), packed)))
          .isEqualTo("INVALID_ARGUMENT REQUEST_TOO_LARGE");
    }
    assertThat(complaints.heard).isEmpty();
  }

  @Test
  void aRequestFarOverTheLimitIsNotReadAtAll() {
    assertThat(refusal(() -> call(DiscoveryGrpc.getResolveMethod(), padded(READ_BYTES_MAX + 1))))
        .isEqualTo("RESOURCE_EXHAUSTED");
    // gRPC's own line, of which JdkLogging leaves no more than that.
    assertThat(complaints.heard).singleElement().asString().contains("exceeds maximum size");
  }

  private <B> B call(MethodDescriptor<?, B> method, ByteString request) {
    return call(method, request, CallOptions.DEFAULT);
  }

  private <B> B call(MethodDescriptor<?, B> method, ByteString request, CallOptions options) {
    return ClientCalls.blockingUnaryCall(client.channel(), raw(method), options, request);
  }

  private <B> TestClient.Stream<ByteString, B> stream(MethodDescriptor<?, B> method) {
    return new TestClient.Stream<>(answers ->
        ClientCalls.asyncBidiStreamingCall(
            client.channel().newCall(raw(method), CallOptions.DEFAULT), answers));
  }

  private static <B> MethodDescriptor<ByteString, B> raw(MethodDescriptor<?, B> method) {
    return method.toBuilder(new RawBytes(), method.getResponseMarshaller()).build();
  }

  /** A message of any type: an unknown field that comes to so many bytes in all. */
  private static ByteString padded(int bytes) {
    return Padding.of(bytes).toByteString();
  }

  private record RawBytes() implements MethodDescriptor.Marshaller<ByteString> {
    @Override
    public InputStream stream(ByteString value) {
      return value.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
      throw new UnsupportedOperationException("a client reads no requests");
    }
  }

  /** What gRPC and Netty warn of in the log. */
  private static final class Complaints extends Handler {
    final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    // Held here: the log keeps its loggers weakly.
    private final List<Logger> loggers =
        List.of(Logger.getLogger("io.grpc"), Logger.getLogger("io.netty"));

    void listen() {
      loggers.forEach(logger -> logger.addHandler(this));
    }

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
        heard.add(line.getLoggerName() + ": " + line.getMessage() + " " + line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      loggers.forEach(logger -> logger.removeHandler(this));
    }
  }
}
