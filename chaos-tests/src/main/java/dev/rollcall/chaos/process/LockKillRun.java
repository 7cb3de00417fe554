package dev.rollcall.chaos.process;

import static java.util.stream.Collectors.toSet;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.changes.ChangeQuery;
import dev.rollcall.client.changes.RevisionChanges;
import dev.rollcall.client.keys.KeyValues;
import dev.rollcall.client.keys.Value;
import dev.rollcall.client.lock.Lock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several clients want one lock of three processes, of which the leader is killed with kill -9 over
 * and over. Never two of them may hold it by their own belief, and each holder has a higher fencing
 * token than all before. Feeds of all changes of keys, one at each node alone and so cut off by
 * each kill, must each tell what the log says in the end: all of it, once, in order, and every
 * acknowledged write is in there.
 */
public final class LockKillRun implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration TTL = Duration.ofSeconds(2);
  private static final String LOCK = "lock-kill";

  private final NodeCluster cluster;
  private final int clients;
  private final LockLedger ledger = new LockLedger();
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final List<KeptChanges> feeds = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private volatile boolean isOver;

  /** A kill of the leader, and how often the lock had been held by then. */
  public record Round(int number, int leader, int held) {}

  /**
   * What the run came to.
   *
   * @param held how often the lock was got
   * @param lost how often it was lost while it was held
   * @param unanswered how often a client gave up a call
   * @param revisions that each of the feeds told
   */
  public record Result(int held, int lost, int unanswered, int revisions) {}

  /**
   * Sets a cluster up below this directory, which should be empty.
   *
   * @param clients that want the lock
   */
  public LockKillRun(Path directory, int clients) throws IOException {
    this.cluster = NodeCluster.direct(directory, MEMBERS);
    this.clients = clients;
  }

  /**
   * Runs.
   *
   * @param heldBetween how often the lock must be held between two kills
   * @param progress told of each kill
   * @throws ChaosFailure at the first thing that is not as promised
   */
  public Result run(int rounds, int heldBetween, Consumer<Round> progress)
      throws InterruptedException {
    cluster.startAll();
    cluster.awaitServing();
    cluster.awaitLeader(cluster.nodes());
    var watching = cluster.nodes().stream().map(node -> client(List.of(node))).toList();
    watching.forEach(client -> feeds.add(KeptChanges.of(client, ChangeQuery.keys("").from(1))));
    var contestants = new ArrayList<Thread>();
    for (int i = 0; i < clients; i++) {
      contestants.add(Thread.ofPlatform().name("contestant-" + i).start(this::contest));
    }
    for (int number = 1; number <= rounds; number++) {
      awaitHeld(ledger.held() + heldBetween);
      int leader = cluster.awaitLeader(cluster.nodes());
      cluster.kill(leader);
      progress.accept(new Round(number, leader, ledger.held()));
      awaitHeld(ledger.held() + heldBetween);
      cluster.start(leader);
      cluster.awaitServing();
    }
    isOver = true;
    for (Thread contestant : contestants) {
      contestant.join();
    }
    requireNoFailure();
    int revisions = compareFeeds();
    watching.forEach(RegistryClient::close);
    return new Result(ledger.held(), ledger.lost(), unanswered.get(), revisions);
  }

  /** Kills the nodes. The directory stays. */
  @Override
  public void close() {
    isOver = true;
    cluster.close();
  }

  private RegistryClient client(List<Integer> nodes) {
    return cluster.client(nodes, CALL_TIMEOUT);
  }

  private void contest() {
    try (RegistryClient client = client(cluster.nodes())) {
      Lock lock = client.lock(LOCK, TTL);
      while (!isOver) {
        holdOnce(lock, client.keys());
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void holdOnce(Lock lock, KeyValues keys) throws InterruptedException {
    try (Lock.Held held = lock.acquire()) {
      ledger.begins(held);
      try {
        var token = Value.of(String.valueOf(held.fencingToken()));
        acknowledged.add(keys.put("holder", token).entry().modRevision());
      } finally {
        ledger.ends(held);
      }
    } catch (RegistryException.Unavailable e) {
      // The leader has gone. What is half done ends with its lease; the next try waits for a
      // leader.
      unanswered.incrementAndGet();
    }
  }

  private void awaitHeld(int count) throws InterruptedException {
    if (!ledger.awaitHeld(count, NodeCluster.PATIENCE)) {
      requireNoFailure();
      throw new ChaosFailure("the lock was held " + ledger.held() + " times and then by nobody");
    }
    requireNoFailure();
  }

  private void requireNoFailure() {
    RuntimeException found = failure.get();
    if (found != null) {
      throw new ChaosFailure(String.valueOf(found.getMessage()), found);
    }
  }

  /** How many revisions each of them told. */
  private int compareFeeds() throws InterruptedException {
    RegistryClient observer = cluster.observer(0);
    KeyValues keys = observer.keys();
    long last = keys.put("last", Value.EMPTY).entry().modRevision();
    try (KeptChanges truth = KeptChanges.of(observer, ChangeQuery.keys("").from(1))) {
      var expected = truth.upTo(last, NodeCluster.PATIENCE);
      var revisions = expected.stream().map(RevisionChanges::revision).collect(toSet());
      if (!revisions.containsAll(acknowledged)) {
        acknowledged.removeAll(revisions);
        throw new ChaosFailure("the log does not tell of the acknowledged writes " + acknowledged);
      }
      for (int node : cluster.nodes()) {
        var told = feeds.get(node).upTo(last, NodeCluster.PATIENCE);
        if (!told.equals(expected)) {
          throw new ChaosFailure(
              "the feed of node %d told %s, and the log says otherwise"
                  .formatted(node, KeptChanges.difference(told, expected)));
        }
      }
      return expected.size();
    }
  }
}
