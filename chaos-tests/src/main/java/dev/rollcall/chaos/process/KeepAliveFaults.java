package dev.rollcall.chaos.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Faults for a cluster of three whose leases are kept alive, one at a time, so that all that can be
 * is well again before the next. Drawn from a seed: how long, how far, which node, and in which
 * order they come; each kind once, and each node paused, before any comes again. One thread.
 */
final class KeepAliveFaults {
  private static final long OFF_MILLIS_MIN = 300;
  private static final long OFF_MILLIS_MAX = 2_500;
  private static final long CUT_MILLIS_MIN = 1_500;
  private static final long CUT_MILLIS_MAX = 7_000;
  private static final long CALM_MILLIS_MAX = 3_000;
  private static final long BACK_MILLIS_MAX = 3_000;
  private static final long WALL_MILLIS_MAX = Duration.ofDays(1).toMillis();

  /** From within an election timeout to far beyond every lease. */
  private static final List<Duration> LEAPS =
      List.of(
          Duration.ofMillis(400),
          Duration.ofMillis(2_500),
          Duration.ofSeconds(12),
          Duration.ofHours(1));

  private final NodeCluster cluster;
  private final LeaseLedger ledger;
  private final Random random;
  private final Duration pause;
  private final Consumer<String> told;
  private final List<Kind> bag = new ArrayList<>();
  private int paused = -1;
  private long kills;
  private long pauses;
  private long cuts;
  private long jumps;
  private final AtomicLong turns = new AtomicLong();

  /** What may happen. */
  enum Kind {
    /** kill -9 of the leader, which comes back after a while. */
    KILL,
    /** SIGSTOP and, a while later, SIGCONT of the node whose turn it is. */
    PAUSE,
    /** Nothing to and from the leader. */
    LEADER_CUT_OFF,
    /** Nothing to and from a follower. */
    FOLLOWER_CUT_OFF,
    /** The leader speaks to a follower and does not hear it, or the other way round. */
    DEAF,
    /** Nobody reaches anybody, for longer than the leases last. */
    APART,
    /** The leader's clocks leap. */
    CLOCK_FORWARD,
    /** The leader's wall clock goes back, and the other one stands still. */
    CLOCK_BACK
  }

  /**
   * What there was.
   *
   * @param kills of leaders
   * @param pauses of nodes
   * @param cuts of the network
   * @param jumps of clocks
   */
  record Count(long kills, long pauses, long cuts, long jumps) {}

  /**
   * Has done nothing yet.
   *
   * @param cluster with a network
   * @param pause how long a node is stopped
   * @param told hears of each fault, in one line
   */
  KeepAliveFaults(
      NodeCluster cluster,
      LeaseLedger ledger,
      Random random,
      Duration pause,
      Consumer<String> told) {
    this.cluster = cluster;
    this.ledger = ledger;
    this.random = random;
    this.pause = pause;
    this.told = told;
  }

  /** How often a fault began or ended. Any thread. */
  long turns() {
    return turns.get();
  }

  Count count() {
    return new Count(kills, pauses, cuts, jumps);
  }

  /** The next one, from its beginning to its end, and a calm. */
  void next() {
    if (bag.isEmpty()) {
      Collections.addAll(bag, Kind.values());
      bag.addAll(Collections.nCopies(cluster.size() - 1, Kind.PAUSE));
      Collections.shuffle(bag, random);
    }
    strike(bag.removeLast());
    Timing.pass(Duration.ofMillis(random.nextLong(CALM_MILLIS_MAX)));
  }

  /** Lets one happen, from its beginning to its end. */
  void strike(Kind kind) {
    int leader = cluster.awaitLeader(cluster.nodes());
    int follower = cluster.others(leader).get(random.nextInt(cluster.size() - 1));
    switch (kind) {
      case KILL -> kill(leader);
      case PAUSE -> pauseNext();
      case LEADER_CUT_OFF ->
          cut("leader %d is cut off".formatted(leader), () -> cluster.network().isolate(leader));
      case FOLLOWER_CUT_OFF ->
          cut(
              "follower %d is cut off".formatted(follower),
              () -> cluster.network().isolate(follower));
      case DEAF -> {
        int deaf = random.nextBoolean() ? leader : follower;
        int mute = deaf == leader ? follower : leader;
        cut(
            "node %d does not hear %d, led by %d".formatted(deaf, mute, leader),
            () -> cluster.network().cut(mute, deaf));
      }
      case APART ->
          cut("nobody hears anybody", () -> cluster.nodes().forEach(cluster.network()::isolate));
      case CLOCK_FORWARD -> {
        Duration leap = LEAPS.get(random.nextInt(LEAPS.size()));
        jump(leader, leap.toMillis() + random.nextLong(leap.toMillis()));
      }
      case CLOCK_BACK -> jump(leader, -random.nextLong(1, BACK_MILLIS_MAX));
    }
  }

  private void kill(int leader) {
    Duration off = between(OFF_MILLIS_MIN, OFF_MILLIS_MAX);
    begins("leader %d is killed, for %s".formatted(leader, Timing.seconds(off)));
    kills++;
    cluster.kill(leader);
    Timing.pass(off);
    cluster.start(leader);
    cluster.awaitServing();
    ends();
  }

  private void pauseNext() {
    paused = (paused + 1) % cluster.size();
    begins("node %d stands still for %s".formatted(paused, Timing.seconds(pause)));
    pauses++;
    cluster.pause(paused);
    Timing.pass(pause);
    cluster.resume(paused);
    ends();
  }

  private void cut(String what, Runnable cut) {
    Duration length = between(CUT_MILLIS_MIN, CUT_MILLIS_MAX);
    begins("%s for %s".formatted(what, Timing.seconds(length)));
    cuts++;
    cut.run();
    Timing.pass(length);
    cluster.network().heal();
    ends();
  }

  private void jump(int node, long millis) {
    long wallMillis = random.nextBoolean() ? millis : random.nextLong(WALL_MILLIS_MAX);
    begins(
        "the clocks of leader %d are set %s by %,d ms (wall clock %,d ms)"
            .formatted(node, millis > 0 ? "forward" : "back", millis, wallMillis));
    jumps++;
    if (millis > 0) {
      ledger.leaps();
    }
    var jump =
        new ClockJump(
            Duration.ofMillis(millis).toNanos(), millis > 0 ? wallMillis : -Math.abs(wallMillis));
    cluster.setClock(node, jump);
    Timing.pass(Duration.ofMillis(Math.max(0, -millis)));
    ends();
  }

  private void begins(String what) {
    told.accept(what);
    turns.incrementAndGet();
  }

  private void ends() {
    turns.incrementAndGet();
  }

  private Duration between(long minMillis, long maxMillis) {
    return Duration.ofMillis(random.nextLong(minMillis, maxMillis));
  }
}
