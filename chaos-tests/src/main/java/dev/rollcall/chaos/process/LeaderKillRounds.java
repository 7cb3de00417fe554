package dev.rollcall.chaos.process;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Kills the leader of three processes with kill -9 and measures how long it takes until a write
 * that was sent afterwards is acknowledged; over and over. The client is an ordinary one that knows
 * all three. One thread.
 */
public final class LeaderKillRounds implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration TTL = Duration.ofHours(1);

  private final NodeCluster cluster;
  private final RegistryClient client;
  private int number;

  /**
   * What a round came to.
   *
   * @param toWrite from the kill to the acknowledgement
   */
  public record Round(int number, int leader, Duration toWrite) {}

  /** Sets a cluster up below this directory, which should be empty. */
  public LeaderKillRounds(Path directory) throws IOException {
    cluster = NodeCluster.direct(directory, MEMBERS);
    client = cluster.client(cluster.nodes(), CALL_TIMEOUT);
  }

  /**
   * Runs all rounds; the result is in order of length.
   *
   * @param progress told of each round when it is over
   */
  public List<Duration> run(int rounds, Consumer<Round> progress) {
    cluster.startAll();
    cluster.awaitServing();
    var found = new ArrayList<Duration>();
    for (int round = 1; round <= rounds; round++) {
      int leader = cluster.awaitLeader(cluster.nodes());
      // Every node has heard the leader and the client a node before its time is taken.
      cluster.awaitAgreement();
      write();
      long start = System.nanoTime();
      cluster.kill(leader);
      write();
      Duration toWrite = Timing.since(start);
      found.add(toWrite);
      progress.accept(new Round(round, leader, toWrite));
      cluster.start(leader);
      cluster.awaitServing();
    }
    return found.stream().sorted().toList();
  }

  /** Kills the nodes. The directory stays. */
  @Override
  public void close() {
    client.close();
    cluster.close();
  }

  private void write() {
    number++;
    ServiceInstance instance =
        ServiceInstance.builder("leader-kill")
            .id("i-" + number)
            .endpoint("http", "http", "127.0.0.1", 1 + number)
            .build();
    try {
      client.registerOnce(instance, TTL);
    } catch (RegistryException e) {
      throw new ChaosFailure("a write is not acknowledged: " + e.getMessage(), e);
    }
  }
}
