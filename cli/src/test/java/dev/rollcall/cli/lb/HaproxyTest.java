package dev.rollcall.cli.lb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.client.InstancePatch;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.Locality;
import dev.rollcall.client.OverrideOrigin;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.cache.CacheState;
import dev.rollcall.client.cache.CacheView;
import dev.rollcall.client.cache.ServiceCache;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.RegistryServer;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real registry node, a real HAProxy, and what is between them. Where no HAProxy is installed the
 * only test is one that says so.
 */
class HaproxyTest {
  private static final String BACKEND = "\nbackend be\n  balance roundrobin\n";
  private static final Duration TTL = Duration.ofHours(1);

  @TempDir private Path home;

  /** Of the scenario. */
  private Path directory = Path.of("");

  private int scenarios;

  @TestFactory
  Stream<DynamicTest> haproxyFollowsTheRegistry() {
    if (HaproxyProcess.binary().isEmpty()) {
      return Stream.of(dynamicTest("NOT TESTED: no haproxy is installed here", () -> {}));
    }
    return Stream.of(
        scenario("what comes, changes and goes", this::followsTheRegistry),
        scenario("a reload", this::isToldAgainAfterAReload),
        scenario("no registry", this::isNeverEmptiedWithoutTheRegistry),
        scenario("its own servers", this::leavesServersOfTheConfigurationAlone),
        scenario("a server in use", this::removesAServerInUseLater),
        scenario("zones", this::othersZonesAreBackups),
        scenario("what it refuses", this::whatCannotBeIsSaidInOneLine),
        scenario("host names", this::findsHostNames));
  }

  private DynamicTest scenario(String name, Executable body) {
    return dynamicTest(
        name,
        () -> {
          directory = Files.createDirectory(home.resolve("s" + scenarios++));
          body.execute();
        });
  }

  private void followsTheRegistry() throws Exception {
    try (RegistryServer node = node();
        RegistryClient client = client(node);
        HaproxyProcess haproxy = HaproxyProcess.start(directory, BACKEND);
        Shop one = new Shop("one");
        Shop two = new Shop("two");
        Keeping keeping = new Keeping(haproxy, "check inter 100ms", "", client.cache("orders"))) {
      client.registerOnce(one.instance().weight(300).build(), TTL);
      haproxy.await("show servers state be", it -> state(it, "one").equals("2 0 150"));
      assertThat(haproxy.get()).startsWith("HTTP/1.1 200").endsWith("one");
      client.registerOnce(two.instance().weight(0).build(), TTL);
      haproxy.await("show servers state be", it -> state(it, "two").equals("2 0 0"));
      assertThat(haproxy.get()).endsWith("one");

      client.operations().update("orders", "two", weight(100));
      haproxy.await("show servers state be", it -> state(it, "two").equals("2 0 50"));
      client.operations().drain("orders", "one", Duration.ofHours(1));
      haproxy.await("show servers state be", it -> state(it, "one").equals("2 8 150"));
      assertThat(haproxy.get()).endsWith("two");
      override(client, "one", InstanceStatus.UP);
      haproxy.await("show servers state be", it -> state(it, "one").equals("2 0 150"));
      override(client, "two", InstanceStatus.OUT_OF_SERVICE);
      haproxy.await("show servers state be", it -> state(it, "two").equals("0 1 50"));
      assertThat(haproxy.get()).endsWith("one");

      client.deregister("orders", "one");
      client.deregister("orders", "two");
      haproxy.await("show servers state be", it -> !it.contains("rc:"));
      assertThat(haproxy.get()).startsWith("HTTP/1.1 503");
      assertThat(keeping.steps).hasSizeGreaterThanOrEqualTo(9);
    }
  }

  private void isToldAgainAfterAReload() throws Exception {
    try (RegistryServer node = node();
        RegistryClient client = client(node);
        HaproxyProcess haproxy = HaproxyProcess.start(directory, BACKEND);
        Shop shop = new Shop("one");
        Keeping keeping = new Keeping(haproxy, "check", "", client.cache("orders"))) {
      client.registerOnce(shop.instance().build(), TTL);
      String before =
          haproxy.await("show servers state be", it -> state(it, "one").startsWith("2 0 "));
      haproxy.reload();
      String after =
          haproxy.await("show servers state be", it -> state(it, "one").startsWith("2 0 "));
      assertThat(haproxy.get()).endsWith("one");
      // The id, which consistent hashing goes by, is the same in the new process.
      assertThat(fields(after, "one").get(2)).isEqualTo(fields(before, "one").get(2));
      assertThat(keeping.notes).filteredOn(it -> it.contains("reloaded or restarted")).hasSize(1);
    }
  }

  private void isNeverEmptiedWithoutTheRegistry() throws Exception {
    try (HaproxyProcess haproxy = HaproxyProcess.start(directory, BACKEND);
        Shop shop = new Shop("one")) {
      RegistryServer node = node();
      String address = node.clientAddress().toString();
      try (RegistryClient client = client(node);
          Keeping keeping = new Keeping(haproxy, "", "", client.cache("orders"))) {
        client.registerOnce(shop.instance().build(), TTL);
        haproxy.await("show servers state be", it -> state(it, "one").startsWith("2 0 "));
        node.close();
        keeping.awaitNote("may be out of date");
        haproxy.reload();
        haproxy.await("show servers state be", it -> state(it, "one").startsWith("2 0 "));
        assertThat(haproxy.get()).endsWith("one");
      }
      // One that starts now knows nothing, and leaves what is there.
      try (RegistryClient client = RegistryClient.builder().endpoints(address).build();
          Keeping keeping = new Keeping(haproxy, "", "", client.cache("orders"))) {
        keeping.awaitNote("is not known yet");
        assertThat(haproxy.get()).endsWith("one");
      }
    }
  }

  private void leavesServersOfTheConfigurationAlone() throws Exception {
    try (RegistryServer node = node();
        RegistryClient client = client(node);
        Shop sorry = new Shop("sorry");
        Shop shop = new Shop("one");
        HaproxyProcess haproxy =
            HaproxyProcess.start(
                directory, BACKEND + "  server sorry 127.0.0.1:" + sorry.port() + " backup\n");
        Keeping keeping = new Keeping(haproxy, "", "", client.cache("orders"))) {
      client.registerOnce(shop.instance().build(), TTL);
      haproxy.await("show servers state be", it -> state(it, "one").startsWith("2 0 "));
      assertThat(haproxy.get()).endsWith("one");
      client.deregister("orders", "one");
      haproxy.await("show servers state be", it -> !it.contains("rc:"));
      assertThat(haproxy.get()).endsWith("sorry");
      keeping.awaitSteps("del server be/rc:one");
    }
  }

  private void removesAServerInUseLater() throws Exception {
    try (RegistryServer node = node();
        RegistryClient client = client(node);
        HaproxyProcess haproxy = HaproxyProcess.start(directory, BACKEND);
        Shop shop = new Shop("one");
        Keeping keeping = new Keeping(haproxy, "", "", client.cache("orders"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      client.registerOnce(shop.instance().build(), TTL);
      haproxy.await("show servers state be", it -> state(it, "one").startsWith("2 0 "));
      shop.hold();
      var answer = threads.submit(haproxy::get);
      shop.awaitRequest();
      client.deregister("orders", "one");
      haproxy.await("show servers state be", it -> state(it, "one").startsWith("0 1 "));
      assertThat(haproxy.get()).startsWith("HTTP/1.1 503");
      shop.release();
      assertThat(answer.get()).endsWith("one"); // what was under way is finished
      haproxy.await("show servers state be", it -> !it.contains("rc:"));
      keeping.awaitSteps("del server be/rc:one");
      assertThat(keeping.steps).filteredOn(it -> it.startsWith("del server")).hasSize(1);
    }
  }

  private void othersZonesAreBackups() throws Exception {
    try (RegistryServer node = node();
        RegistryClient client = client(node);
        HaproxyProcess haproxy =
            HaproxyProcess.start(directory, BACKEND + "  option allbackups\n");
        Shop near = new Shop("near");
        Shop far = new Shop("far");
        Keeping keeping = new Keeping(haproxy, "", "z1", client.cache("orders"))) {
      client.registerOnce(far.instance().locality(new Locality("r", "z2", "")).build(), TTL);
      haproxy.await(
          "show servers state be",
          it -> state(it, "far").startsWith("2 0 ") && it.contains(" rcb:far "));
      assertThat(haproxy.get()).endsWith("far");
      client.registerOnce(near.instance().locality(new Locality("r", "z1", "")).build(), TTL);
      haproxy.await("show servers state be", it -> state(it, "near").startsWith("2 0 "));
      for (int i = 0; i < 5; i++) {
        assertThat(haproxy.get()).endsWith("near");
      }
      // It moves: another server takes its place, under another name.
      client.registerOnce(far.instance().locality(new Locality("r", "z1", "")).build(), TTL);
      haproxy.await(
          "show servers state be", it -> it.contains(" rc:far ") && !it.contains("rcb:far"));
      keeping.awaitSteps("del server be/rcb:far");
    }
  }

  private void whatCannotBeIsSaidInOneLine() throws Exception {
    String backends =
        BACKEND + "backend fixed\n  balance static-rr\nbackend hashed\n  balance source\n";
    try (HaproxyProcess haproxy = HaproxyProcess.start(directory, backends);
        Shop shop = new Shop("one")) {
      List<ServiceInstance> instances = List.of(shop.instance().build());
      assertThat(failure(haproxy.socket(), "none", instances))
          .isEqualTo("HAProxy has no backend none");
      for (String backend : new String[] {"fixed", "hashed"}) {
        assertThat(failure(haproxy.socket(), backend, instances))
            .startsWith("backend " + backend + " has a static balance algorithm");
      }
      assertThat(failure(haproxy.operatorSocket(), "be", instances))
          .contains("no right to change servers: add 'level admin'");
      String absent = directory.resolve("absent.sock").toString();
      assertThat(failure(absent, "be", instances)).isEqualTo("there is no socket " + absent);
      Path dead = directory.resolve("fe.sock");
      assertThat(failure(dead.toString(), "be", instances)).contains("HAProxy cannot be asked at");

      // An option that HAProxy does not know: that server is missing, and it is said once.
      var journal = new Journal();
      var keeper = keeper(haproxy.socket(), "be", "chek", instances, journal);
      assertThat(keeper.once(HaproxyProcess.PATIENCE)).isFalse();
      assertThat(keeper.once(HaproxyProcess.PATIENCE)).isFalse();
      assertThat(journal.notes)
          .filteredOn(it -> it.contains("unknown keyword 'chek'"))
          .hasSize(1)
          .allMatch(it -> it.startsWith("HAProxy refused 'add server be/rc:one "));
    }
    assertThatThrownBy(() -> new HaproxyRuntime("admin.sock", "", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("neither a path with / nor HOST:PORT: 'admin.sock'");
    assertThatThrownBy(() -> new HaproxyRuntime("/a", "check; shutdown", ""))
        .hasMessageContaining("one line without ';'");
  }

  private void findsHostNames() throws Exception {
    try (HaproxyProcess haproxy = HaproxyProcess.start(directory, BACKEND);
        Shop shop = new Shop("one")) {
      ServiceInstance byName =
          ServiceInstance.builder("orders")
              .id("one")
              .endpoint("http", "http", "localhost", shop.port())
              .build();
      var keeper = keeper(haproxy.socket(), "be", "", List.of(byName), new Journal());
      assertThat(keeper.once(HaproxyProcess.PATIENCE)).isTrue();
      assertThat(haproxy.get()).endsWith("one");
    }
  }

  private static String failure(String socket, String backend, List<ServiceInstance> instances)
      throws InterruptedException {
    try {
      keeper(socket, backend, "", instances, new Journal()).once(HaproxyProcess.PATIENCE);
      throw new AssertionError("it worked");
    } catch (LoadBalancerException e) {
      String message = String.valueOf(e.getMessage());
      assertThat(message).hasLineCount(1);
      return message;
    }
  }

  private static BackendKeeper keeper(
      String socket,
      String backend,
      String options,
      List<ServiceInstance> instances,
      Journal journal) {
    var view = new CacheView(instances, 1, 1, new CacheState.Live(), Optional.empty());
    return new BackendKeeper(
        new HaproxyRuntime(socket, options, ""),
        List.of(new BackendKeeper.Pool(backend, "orders", () -> view)),
        new Selection("", ""),
        Runnable::run,
        journal);
  }

  private RegistryServer node() throws InterruptedException {
    var flags =
        List.of(
            "--data-dir=" + directory.resolve("data"),
            "--client-listen=127.0.0.1:0",
            "--peer-listen=127.0.0.1:0",
            "--http-listen=127.0.0.1:0",
            "--log-segment-size=1MiB");
    var config = ((Invocation.Run) ConfigReader.read(flags, Map.of())).config();
    return RegistryServer.start(config, UnaryOperator.identity(), Clock.SYSTEM);
  }

  private static RegistryClient client(RegistryServer node) {
    return RegistryClient.builder()
        .endpoints(node.clientAddress().toString())
        .callTimeout(HaproxyProcess.PATIENCE)
        .build();
  }

  private static void override(RegistryClient client, String id, InstanceStatus status) {
    client
        .operations()
        .setOverride("orders", id, status, new OverrideOrigin("test", "why not"), Optional.empty());
  }

  private static InstancePatch weight(int weight) {
    return new InstancePatch(
        Optional.empty(), OptionalInt.of(weight), Optional.empty(), Optional.empty(), 0);
  }

  /** Operational state (2 is up), administrative state (1 is maint, 8 is drain) and weight. */
  private static String state(String servers, String id) {
    List<String> fields = fields(servers, id);
    return fields.isEmpty() ? "" : String.join(" ", fields.subList(5, 8));
  }

  private static List<String> fields(String servers, String id) {
    return servers
        .lines()
        .map(line -> List.of(line.split(" ", -1)))
        .filter(fields -> fields.size() > 7 && fields.get(3).endsWith(":" + id))
        .findFirst()
        .orElse(List.of());
  }

  /** Remembers. */
  private static class Journal implements BackendKeeper.Journal {
    final ConcurrentLinkedQueue<String> steps = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();

    @Override
    public void taken(BackendKeeper.Pool pool, Step step, long revision) {
      steps.add(new HaproxyRuntime("/x", "", "").words(pool.backend(), step));
    }

    @Override
    public void noted(String line) {
      notes.add(line);
    }
  }

  /** A keeper at work. */
  private static final class Keeping extends Journal implements AutoCloseable {
    private final BackendKeeper keeper;
    private final ServiceCache cache;
    private final CompletableFuture<Void> ended;

    Keeping(HaproxyProcess haproxy, String options, String zone, ServiceCache cache) {
      this.cache = cache;
      Supplier<CacheView> view = cache::view;
      keeper =
          new BackendKeeper(
              new HaproxyRuntime(haproxy.socket(), options, ""),
              List.of(new BackendKeeper.Pool("be", "orders", view)),
              new Selection("", zone),
              Runnable::run,
              this);
      cache.addListener(change -> keeper.changed());
      cache.onStateChange(state -> keeper.changed());
      ended = CompletableFuture.runAsync(this::run, task -> Thread.ofVirtual().start(task));
    }

    private void run() {
      try {
        keeper.run(Duration.ZERO, totals -> {});
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void awaitNote(String part) {
      await(() -> notes.stream().anyMatch(it -> it.contains(part)), notes);
    }

    void awaitSteps(String step) {
      await(() -> steps.contains(step), steps);
    }

    private static void await(Supplier<Boolean> isSo, Object last) {
      long deadline = System.nanoTime() + HaproxyProcess.PATIENCE.toNanos();
      while (!isSo.get()) {
        assertThat(System.nanoTime() - deadline).as("%s", last).isNegative();
        Thread.onSpinWait();
      }
    }

    @Override
    public void close() {
      keeper.stop();
      ended.join();
      cache.close();
    }
  }

  /** An HTTP server that says its name. */
  private static final class Shop implements AutoCloseable {
    private final String id;
    private final HttpServer server;
    private final Semaphore arrived = new Semaphore(0);
    private volatile CountDownLatch held = new CountDownLatch(0);

    Shop(String id) throws IOException {
      this.id = id;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext(
          "/",
          exchange -> {
            arrived.release();
            try {
              held.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            exchange.sendResponseHeaders(200, id.length());
            exchange.getResponseBody().write(id.getBytes(UTF_8));
            exchange.close();
          });
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    ServiceInstance.Builder instance() {
      return ServiceInstance.builder("orders").id(id).endpoint("http", "http", "127.0.0.1", port());
    }

    void hold() {
      arrived.drainPermits();
      held = new CountDownLatch(1);
    }

    void awaitRequest() throws InterruptedException {
      arrived.acquire();
    }

    void release() {
      held.countDown();
    }

    @Override
    public void close() {
      held.countDown();
      server.stop(0);
    }
  }
}
