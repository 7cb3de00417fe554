package dev.rollcall.client.transport;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.client.RegistryException.Indeterminate;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.DeregisterResponse;
import dev.rollcall.v1.RegistrationGrpc;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnaryCallsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final VirtualLoop loop = new VirtualLoop(5);
  private final FakeCluster cluster = new FakeCluster(loop, 1);
  private final Nodes nodes = new Nodes(loop, cluster.channels(), List.of(cluster.endpoints()));
  private final UnaryCalls calls = new UnaryCalls(loop, nodes);

  @AfterEach
  void stop() {
    nodes.close();
    cluster.stop();
  }

  @Test
  void aWriteThatWasSentIsIndeterminateWhenTheClientCloses() {
    cluster.node(0).silent(true);
    var write = calls.call(deregister());
    loop.runFor(Duration.ofMillis(100));

    calls.close();

    assertThatThrownBy(write::join).hasCauseInstanceOf(Indeterminate.class);
  }

  @Test
  void aWriteThatNeverLeftIsNot() {
    calls.close();
    var write = calls.call(deregister());
    loop.runFor(Duration.ofMillis(100));

    assertThatThrownBy(write::join).hasCauseInstanceOf(Unavailable.class);
  }

  private static UnaryCall<DeregisterRequest, DeregisterResponse> deregister() {
    return UnaryCall.write(
        RegistrationGrpc.getDeregisterMethod(),
        DeregisterRequest.getDefaultInstance(),
        DeregisterResponse::getHeader,
        TIMEOUT);
  }
}
