package dev.rollcall.bench;

import dev.rollcall.bench.KeptConnection.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Eureka clients without the applications behind them: each registers, fetches all, then sends a
 * heartbeat and fetches the delta once a period, on a connection of its own to one of the servers.
 * Now and then one registers anew with other metadata.
 */
final class EurekaFleet implements AutoCloseable {
  private static final int APP_INSTANCES = 20;
  private static final int RAMP_PERIODS = 5;
  private static final Pattern HASH = Pattern.compile("\"apps__hashcode\":\"([^\"]*)\"");

  private final List<Integer> ports;
  private final long periodNanos;
  private final double changeChance;
  private final CountDownLatch registered;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger broken = new AtomicInteger();
  private final LongAdder heartbeats = new LongAdder();
  private final LongAdder fetches = new LongAdder();
  private final LongAdder changes = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile boolean isOver;

  /** What was done so far. */
  record Done(long heartbeats, long fetches, long changes, long bytes, long refused) {
    Done minus(Done before) {
      return new Done(
          heartbeats - before.heartbeats,
          fetches - before.fetches,
          changes - before.changes,
          bytes - before.bytes,
          refused - before.refused);
    }

    long requests() {
      return heartbeats + fetches + changes;
    }
  }

  /**
   * Starts them.
   *
   * @param ports of the servers on this machine, taken in turn
   * @param changesPerSecond of all of them together
   */
  EurekaFleet(
      List<Integer> ports, int clients, long periodNanos, double changesPerSecond, long seed) {
    this.ports = ports;
    this.periodNanos = periodNanos;
    this.changeChance = changesPerSecond * periodNanos / 1e9 / clients;
    this.registered = new CountDownLatch(clients);
    for (int i = 0; i < clients; i++) {
      int number = i;
      threads.add(Thread.ofVirtual().start(() -> run(number, new Random(seed + number))));
    }
  }

  /** Waits until all have registered and fetched. */
  void awaitRegistered() throws InterruptedException {
    if (!registered.await(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException(registered.getCount() + " clients did not get through");
    }
  }

  Done done() {
    return new Done(heartbeats.sum(), fetches.sum(), changes.sum(), bytes.sum(), refused.sum());
  }

  /** Connections that broke. */
  int broken() {
    return broken.get();
  }

  private void run(int number, Random random) {
    var client = new Client(number, random);
    // Thousands at once is another measurement: they come within a few periods.
    long dueNanos = System.nanoTime() + (long) (random.nextDouble() * RAMP_PERIODS * periodNanos);
    boolean isRegistered = false;
    while (!isOver) {
      sleepUntil(dueNanos);
      try (var connection = new KeptConnection(ports.get(number % ports.size()))) {
        if (!isRegistered) {
          client.register(connection);
          count(connection.send("GET", "/eureka/apps/"), fetches);
          isRegistered = true;
          registered.countDown();
        }
        while (!isOver) {
          sleepUntil(dueNanos += periodNanos / 2);
          client.beat(connection);
          sleepUntil(dueNanos += periodNanos / 2);
          count(connection.send("GET", "/eureka/apps/delta"), fetches);
        }
      } catch (IOException | RuntimeException e) {
        // As a real one does: again with the next beat, on another connection.
        if (!isOver && broken.getAndIncrement() == 0) {
          System.err.println("a connection broke: " + e);
        }
        dueNanos = System.nanoTime() + periodNanos;
      }
    }
  }

  private void count(Answer answer, LongAdder what) {
    what.increment();
    bytes.add(answer.body().length);
    if (answer.status() != 200) {
      refused.increment();
    }
  }

  /** One of them. */
  private final class Client {
    private final int number;
    private final Random random;
    private final String app;
    private final String id;
    private long dirty = System.currentTimeMillis();

    Client(int number, Random random) {
      this.number = number;
      this.random = random;
      app = "LOAD-" + number / APP_INSTANCES;
      id = "host-" + number + ":" + app + ":8080";
    }

    void beat(KeptConnection to) throws IOException {

      String target = "/eureka/apps/" + app + "/" + id + "?status=UP&lastDirtyTimestamp=" + dirty;
      count(to.send("PUT", target), heartbeats);
      if (random.nextDouble() < changeChance) {
        dirty = Math.max(dirty + 1, System.currentTimeMillis());
        register(to);
        changes.increment();
      }
    }

    void register(KeptConnection to) throws IOException {
      byte[] body = instance(app, id, dirty, number).getBytes(StandardCharsets.UTF_8);
      Answer answer = to.send("POST", "/eureka/apps/" + app, body);
      if (answer.status() != 204) {
        throw new IOException("registration was answered with " + answer.status());
      }
    }
  }

  /** What a server says that there is, by status: {@code UP_1000_}. */
  static String hash(int port) throws IOException {
    try (var connection = new KeptConnection(port)) {
      byte[] body = connection.send("GET", "/eureka/apps/").body();
      String text =
          new String(
              new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(),
              StandardCharsets.UTF_8);
      Matcher hash = HASH.matcher(text);
      return hash.find() ? hash.group(1) : "";
    }
  }

  /** As eureka-client 2 writes one of Spring's defaults. */
  private static String instance(String app, String id, long dirty, int number) {
    return """
    {"instance":{"instanceId":"%1$s","app":"%2$s","appGroupName":null,"ipAddr":"10.0.%3$d.%4$d",\
    "sid":"na","homePageUrl":"http://host-%5$d:8080/",\
    "statusPageUrl":"http://host-%5$d:8080/actuator/info",\
    "healthCheckUrl":"http://host-%5$d:8080/actuator/health","secureHealthCheckUrl":null,\
    "vipAddress":"%6$s","secureVipAddress":"%6$s","countryId":1,\
    "dataCenterInfo":{\
    "@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},\
    "hostName":"host-%5$d","status":"UP","overriddenStatus":"UNKNOWN",\
    "leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":0,\
    "lastRenewalTimestamp":0,"evictionTimestamp":0,"serviceUpTimestamp":0},\
    "isCoordinatingDiscoveryServer":false,"lastUpdatedTimestamp":"%7$d",\
    "lastDirtyTimestamp":"%7$d",\
    "actionType":null,"asgName":null,"port":{"$":8080,"@enabled":"true"},\
    "securePort":{"$":443,"@enabled":"false"},\
    "metadata":{"management.port":"8080","build":"%7$d","zone":"z%8$d"}}}\
    """
        .formatted(
            id,
            app,
            number >> 8,
            number & 255,
            number,
            app.toLowerCase(Locale.ROOT),
            dirty,
            number % 3);
  }

  private static void sleepUntil(long nanos) {
    while (nanos - System.nanoTime() > 0) {
      LockSupport.parkNanos(nanos - System.nanoTime());
    }
  }

  @Override
  public void close() {
    isOver = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
