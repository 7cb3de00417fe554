package dev.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.cache.ServiceCache;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeDirectory;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.client.registration.Registration;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that was told where the nodes are listed, and not where they are. */
class NodesFromADirectoryTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final VirtualLoop loop = new VirtualLoop(11);
  private final FakeCluster cluster = new FakeCluster(loop, 3);
  private final FakeDirectory directory = new FakeDirectory(loop);
  private final RegistryClient client =
      new RegistryClient(
          TestClients.builder(cluster).config(List.of(), directory),
          loop,
          Callbacks.on(loop::execute));

  @AfterEach
  void stop() {
    client.close();
    cluster.stop();
  }

  @Test
  void nobodyIsLookedUpBeforeSomebodyIsWanted() {
    loop.runFor(LONG);
    assertThat(directory.lookups()).isZero();
  }

  @Test
  void theFirstCallWaitsForTheLookupAndAllOthersForTheSame() {
    directory.lists("node-1:7400", "node-2:7400", "node-3:7400");
    Registration registration =
        client.register(
            ServiceInstance.builder("orders").endpoint("http", "http", "10.0.0.1", 80).build(),
            Duration.ofSeconds(10));

    assertThat(client.resolve("orders").instances()).hasSizeLessThanOrEqualTo(1);
    assertThat(loop.runUntil(() -> !cluster.instances("orders").isEmpty(), LONG)).isTrue();

    assertThat(directory.lookups()).isEqualTo(1);
    registration.close();
  }

  @Test
  void aCacheIsReadyOnceTheNodesAreFound() throws Exception {
    directory.lists("node-2:7400");
    directory.takes(Duration.ofSeconds(1));
    try (ServiceCache cache = client.cache("orders")) {
      assertThat(cache.awaitReady(Duration.ofMillis(1_100))).isTrue();
    }
  }

  @Test
  void theFirstTierIsUsedUntilItFails() {
    directory.lists("node-2:7400", "node-1:7400", "node-3:7400");
    for (int i = 0; i < 10; i++) {
      client.resolve("orders");
    }
    assertThat(cluster.node(1).calls()).isEqualTo(10);

    cluster.node(1).kill();
    client.resolve("orders");
    assertThat(cluster.node(0).calls() + cluster.node(2).calls()).isEqualTo(1);
  }

  @Test
  void aFailedLookupIsTheAnswerAndTheNextOneIsTriedAfterAPause() {
    directory.fails("dns:example.com names no nodes");

    assertThatThrownBy(() -> client.resolve("orders"))
        .isInstanceOf(Unavailable.class)
        .hasMessage("dns:example.com names no nodes");
    directory.lists("node-1:7400");
    assertThatThrownBy(() -> client.resolve("orders"))
        .as("asked again at once, it is not looked up again")
        .hasMessage("dns:example.com names no nodes");
    assertThat(directory.lookups()).isEqualTo(1);

    loop.runFor(Duration.ofSeconds(5));
    client.resolve("orders");
    assertThat(directory.lookups()).isEqualTo(2);
  }

  @Test
  void aRegistrationOutlivesADirectoryThatIsNotThere() {
    directory.fails("no answer from a server");
    Registration registration =
        client.register(
            ServiceInstance.builder("orders").endpoint("http", "http", "10.0.0.1", 80).build(),
            Duration.ofSeconds(10));
    loop.runFor(LONG);
    assertThat(cluster.instances("orders")).isEmpty();
    assertThat(directory.lookups()).isBetween(2, 12);

    directory.lists("node-3:7400");
    assertThat(loop.runUntil(() -> !cluster.instances("orders").isEmpty(), LONG)).isTrue();
    registration.close();
  }

  @Test
  void aLookupThatTakesTooLongEndsTheCallInItsTime() {
    directory.lists("node-1:7400");
    directory.takes(LONG);
    long startedNanos = loop.nanoTime();

    assertThatThrownBy(() -> client.resolve("orders"))
        .isInstanceOf(Unavailable.class)
        .hasMessage("no node was found within 6000 ms: the lookup goes on");
    assertThat(Duration.ofNanos(loop.nanoTime() - startedNanos)).isEqualTo(Duration.ofSeconds(6));
    loop.runFor(LONG);
    client.resolve("orders");
  }

  @Test
  void whenNobodyKnownAnswersTheNodesAreLookedUpAgain() {
    directory.lists("node-1:7400", "node-2:7400");
    client.resolve("orders");
    cluster.node(0).kill();
    client.resolve("orders");
    loop.runFor(LONG);
    assertThat(directory.lookups()).as("one of two still answers").isEqualTo(1);

    cluster.node(1).kill();
    directory.lists("node-3:7400");
    client.resolve("orders");
    assertThat(directory.lookups()).isEqualTo(2);
    assertThat(cluster.node(2).calls()).isEqualTo(1);
  }

  @Test
  void whileTheDirectoryFailsTheNodesKnownAreTried() {
    directory.lists("node-1:7400");
    client.resolve("orders");
    cluster.node(0).kill();
    directory.fails("no answer from a server");
    assertThatThrownBy(() -> client.resolve("orders")).isInstanceOf(Unavailable.class);
    loop.runFor(LONG);
    assertThatThrownBy(() -> client.resolve("orders")).hasMessageContaining("node-1:7400");

    FakeNode back = cluster.node(0);
    back.start();
    client.resolve("orders");
  }

  @Test
  void nodesThatTheClusterNamesStayWhenTheDirectoryForgetsThem() {
    RegistryClient learning =
        new RegistryClient(
            TestClients.builder(cluster).discoverMembers(true).config(List.of(), directory),
            loop,
            Callbacks.on(loop::execute));
    directory.lists("node-1:7400");
    learning.resolve("orders");
    loop.runFor(Duration.ofSeconds(31));
    cluster.node(0).kill();
    directory.fails("no answer from a server");

    learning.resolve("orders");
    learning.close();
  }

  @Test
  void closingDoesNotWaitForALookup() {
    directory.takes(LONG);
    ServiceCache cache = client.cache("orders");
    loop.settle();
    client.close();
    loop.runFor(LONG);
    assertThat(cache.instances()).isEmpty();
  }

  @Test
  void endpointsAreAListOfNodesOrOneName() {
    RegistryClientBuilder builder = RegistryClient.builder();
    builder.endpoints("dns:example.com").zone("z1").config();
    builder.endpoints("dns:7400,10.0.0.1:7400").zone("any zone").config();
    builder.endpoints("dns:example.com");
    assertThatThrownBy(builder::config).hasMessageContaining("'any zone'");
    for (String text : new String[] {"dns:example.com,10.0.0.1:7400", "dns:", "10.0.0.1:1,dns:a"}) {
      assertThatThrownBy(() -> builder.endpoints(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dns:");
    }
  }
}
