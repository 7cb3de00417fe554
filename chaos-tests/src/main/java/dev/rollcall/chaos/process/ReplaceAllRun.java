package dev.rollcall.chaos.process;

import dev.rollcall.client.MemberChanged;
import dev.rollcall.client.NodeRole;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.server.config.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Replaces each member of a loaded cluster of three by a new node, one after the other, the leader
 * among them. No request of a client may fail meanwhile, each member that lost its place must end
 * by itself, and everything acknowledged must be there at the end. One thread.
 */
public final class ReplaceAllRun implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);

  private final NodeCluster cluster;
  private final Ledger ledger = new Ledger();
  private final int clients;
  private final int acknowledgedBetween;

  /**
   * A replacement.
   *
   * @param hasLed whether the member that was replaced led when it began
   * @param took from the command to the end of the old member's process
   */
  public record Replaced(int old, int by, boolean hasLed, Duration took, long acknowledged) {}

  /** What the whole run came to. */
  public record Result(long acknowledged, NodeCluster.Agreement agreement) {}

  /**
   * Sets a cluster up below this directory, which should be empty.
   *
   * @param clients that register at the same time
   * @param acknowledgedBetween registrations before each replacement
   */
  public ReplaceAllRun(Path directory, int clients, int acknowledgedBetween) throws IOException {
    this.cluster = NodeCluster.withSpares(directory, MEMBERS, MEMBERS);
    this.clients = clients;
    this.acknowledgedBetween = acknowledgedBetween;
  }

  /**
   * Runs.
   *
   * @param progress told of each replacement when it is over
   * @throws ChaosFailure at the first thing that is not as promised
   */
  public Result run(Consumer<Replaced> progress) {
    cluster.startAll();
    cluster.awaitServing();
    List<Integer> members = new ArrayList<>(List.of(0, 1, 2));
    cluster.awaitLeader(members);
    var load = Load.start(cluster, ledger, "replace", clients);
    for (int number = 0; number < MEMBERS; number++) {
      load.awaitAcknowledged(acknowledgedBetween);
      progress.accept(replace(members, number, MEMBERS + number));
    }
    load.awaitAcknowledged(acknowledgedBetween);
    load.finish();
    require(load.unavailable() == 0, load.unavailable() + " requests of clients failed");
    require(load.unknown() == 0, load.unknown() + " requests of clients had no known outcome");
    NodeCluster.Agreement agreement = cluster.awaitAgreement(members);
    for (int node : members) {
      List<Ledger.Entry> lost =
          ledger.lost(
              service -> cluster.observer(node).resolve(service).instances(), entry -> true);
      require(lost.isEmpty(), lost.size() + " acknowledged registrations are LOST at node " + node);
    }
    ledger.requireOrder();
    return new Result(ledger.size(), agreement);
  }

  /** Kills the nodes. The directory stays. */
  @Override
  public void close() {
    cluster.close();
  }

  private Replaced replace(List<Integer> members, int place, int by) {
    int old = members.get(place);
    int other = members.get((place + 1) % MEMBERS);
    boolean leads = cluster.status(old).role() == NodeRole.LEADER;
    String oldId = cluster.status(old).nodeId();
    cluster.startJoining(by, other);
    long start = System.nanoTime();
    try (RegistryClient operator = cluster.client(members, CALL_TIMEOUT)) {
      MemberChanged changed = onceItListens(operator, oldId, cluster.peerAddress(by));
      require(!changed.already(), "node " + by + " was let in without the command");
    }
    int code = cluster.awaitEnd(old);
    Duration took = Timing.since(start);
    require(
        code == ExitCode.REMOVED.code(), "node " + old + " was replaced and ended with " + code);
    members.set(place, by);
    cluster.awaitServing();
    return new Replaced(old, by, leads, took, ledger.size());
  }

  /** A node that was just started takes a moment to listen. */
  private static MemberChanged onceItListens(
      RegistryClient operator, String oldId, String address) {
    long deadline = System.nanoTime() + NodeCluster.PATIENCE.toNanos();
    while (true) {
      try {
        return operator.membership().replace(oldId, address);
      } catch (RegistryException.Refused e) {
        if (e.reason() != Reason.MEMBER_UNREACHABLE || System.nanoTime() - deadline > 0) {
          throw new ChaosFailure("the replacement was refused: " + e.getMessage(), e);
        }
      }
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ChaosFailure(otherwise);
    }
  }
}
