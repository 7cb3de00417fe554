package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static dev.rollcall.server.TestClient.reason;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.LeaseRenewal;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.RegistrationGrpc.RegistrationStub;
import dev.rollcall.v1.RevokeLeaseRequest;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that has as much in flight as it takes, because its disk stands still: it says so to those
 * who would add to it, and takes what lets others live or go. While the disk stands still nothing
 * is acknowledged that must survive; keepalives are answered from memory by a leader who has a
 * quorum without any disk.
 */
class OverloadTest {
  private static final int LIVE = 40;
  private static final long WAIT_SECONDS = 60;

  private final HeldDisk disk = new HeldDisk();
  private RegistryServer server;
  private TestClient client;

  @BeforeEach
  void start(@TempDir Path directory) throws InterruptedException {
    server = RegistryServer.start(TestNode.config(directory), disk::over, Clock.SYSTEM);
    client = new TestClient(server.clientAddress());
  }

  @AfterEach
  void stop() {
    disk.release();
    client.close();
    server.close();
  }

  @Test
  void aFullQueueRefusesRegistrationsAndTakesWhatLetsOthersLiveOrGo() throws Exception {
    List<String> leaving = IntStream.range(0, LIVE).mapToObj(i -> "i-" + i).toList();
    leaving.forEach(id -> client.register("leaving", id, 3_600_000));
    long revoked = client.register("revoked", "i-1", 3_600_000).getLeaseId();
    long kept = client.register("kept", "i-1", 3_600_000).getLeaseId();
    client.register("silent", "i-1", 1_000);
    var keepAlive = client.keepAlive();
    disk.hold();

    // 48 MiB are taken. Each size until one does not fit, and at last there is room for nothing.
    var full = new Fill();
    full.until(46, 80, 16_000);
    full.until(22, 4, 16_000);
    full.until(80, 1, 1_000);
    Throwable refusal = full.until(30, 1, 0);

    assertThat(reason(refusal)).isEqualTo("RESOURCE_EXHAUSTED OVERLOADED");
    assertThat(retryAfter(refusal)).isEqualTo(Duration.newBuilder().setNanos(100_000_000).build());
    renew(keepAlive, kept);
    var gone = new Answers();
    for (String id : leaving) {
      var request = DeregisterRequest.newBuilder().setKey(key("leaving", id));
      asyncStub().deregister(request.build(), gone.one(1));
    }
    asyncStub()
        .revokeLease(RevokeLeaseRequest.newBuilder().setLeaseId(revoked).build(), gone.one(1));
    // A later call on the same connection: by now those before it are taken, or would be refused.
    assertThat(reason(full.until(1, 1, 1_000))).isEqualTo("RESOURCE_EXHAUSTED OVERLOADED");
    renew(keepAlive, kept);
    assertThat(gone.heard).isEmpty();
    assertThat(client.ids("leaving")).hasSize(LIVE);
    disk.release();

    for (int i = 0; i <= LIVE; i++) {
      assertThat(gone.next()).isEqualTo(1);
    }
    assertThat(client.ids("leaving")).isEmpty();
    assertThat(client.ids("revoked")).isEmpty();
    // What was taken is in, what was refused is not; who is silent expires.
    int added = full.taken();
    Scrape.await(server, "rollcall_registry_instances", added + 1);
    assertThat(client.ids("silent")).isEmpty();
    assertThat(client.ids("kept")).containsExactly("i-1");
    assertThat(client.register("added", "after", 3_600_000).getLeaseId()).isPositive();
  }

  private static void renew(
      TestClient.Stream<KeepAliveRequest, KeepAliveResponse> keepAlive, long leaseId) {
    keepAlive.send(KeepAliveRequest.newBuilder().addLeaseIds(leaseId).build());
    assertThat(keepAlive.next().getRenewalsList()).allMatch(LeaseRenewal::getAlive);
  }

  /** Registrations that are sent and not waited for. */
  private final class Fill {
    private final List<Answers> all = new ArrayList<>();
    private int instances;

    /** Sends so many that one at least does not fit, and waits for the first that did not. */
    Throwable until(int requests, int instancesEach, int bytesEach) throws InterruptedException {
      var answers = new Answers();
      all.add(answers);
      for (int i = 0; i < requests; i++) {
        var request = RegisterRequest.newBuilder().setTtlMillis(3_600_000);
        for (int k = 0; k < instancesEach; k++) {
          var instance = instance("added", "i-" + instances++).toBuilder();
          request.addInstances(instance.putMetadata("m", "x".repeat(bytesEach)));
        }
        asyncStub().register(request.build(), answers.one(instancesEach));
      }
      Object first = answers.next();
      answers.heard.add(first);
      return (Throwable) first;
    }

    /** Instances of the requests that were taken; the others were all refused alike. */
    int taken() throws InterruptedException {
      int taken = 0;
      for (Answers answers : all) {
        for (int i = 0; i < answers.asked; i++) {
          switch (answers.next()) {
            case Integer count -> taken += count;
            case Throwable failure ->
                assertThat(reason(failure)).isEqualTo("RESOURCE_EXHAUSTED OVERLOADED");
            case Object other -> throw new AssertionError(other);
          }
        }
      }
      return taken;
    }
  }

  /** What came back, in order of coming: a failure, or what was to be said for a success. */
  private static final class Answers {
    final LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    int asked;

    Object next() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(WAIT_SECONDS, TimeUnit.SECONDS), "silence");
    }

    <A> StreamObserver<A> one(int success) {
      asked++;
      return new StreamObserver<>() {
        @Override
        public void onNext(A answer) {
          heard.add(success);
        }

        @Override
        public void onError(Throwable failure) {
          heard.add(failure);
        }

        @Override
        public void onCompleted() {}
      };
    }
  }

  private RegistrationStub asyncStub() {
    return RegistrationGrpc.newStub(client.channel())
        .withDeadlineAfter(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static Duration retryAfter(Throwable failure) throws InvalidProtocolBufferException {
    for (Any detail : Objects.requireNonNull(StatusProto.fromThrowable(failure)).getDetailsList()) {
      if (detail.is(RetryInfo.class)) {
        return detail.unpack(RetryInfo.class).getRetryDelay();
      }
    }
    throw new AssertionError("no delay", failure);
  }
}
