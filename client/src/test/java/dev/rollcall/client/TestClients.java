package dev.rollcall.client;

import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.VirtualLoop;
import java.time.Duration;

/** Clients on virtual time, listeners included. */
public final class TestClients {
  private TestClients() {}

  /** Knows all nodes, asks for no others. */
  public static RegistryClient of(VirtualLoop loop, FakeCluster cluster) {
    return of(loop, builder(cluster));
  }

  public static RegistryClientBuilder builder(FakeCluster cluster) {
    return RegistryClient.builder()
        .endpoints(cluster.endpoints())
        .channels(cluster.channels())
        .callTimeout(Duration.ofSeconds(6))
        .closeTimeout(Duration.ofSeconds(3))
        .discoverMembers(false);
  }

  public static RegistryClient of(VirtualLoop loop, RegistryClientBuilder builder) {
    return new RegistryClient(builder.config(), loop, Callbacks.on(loop::execute));
  }
}
