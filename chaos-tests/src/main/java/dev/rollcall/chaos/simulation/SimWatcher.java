package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.check.WatchedScope;
import dev.rollcall.chaos.simulation.Observation.NothingTold;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.watch.WatchHub;
import dev.rollcall.store.watch.WatchScope;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An application that watches: through one node at a time, faster or slower, until that one dies or
 * it likes another better; then it goes on elsewhere from where it stands. Once it was told that
 * there is nothing, it asks again only when it is woken. Draws from random numbers of its own, and
 * takes no way through the network, so that the others' world is what it was without it. What it is
 * told it shows the world.
 */
abstract class SimWatcher {
  private static final int SLOW_EVERY = 3;
  private static final int LEAVES_EVERY = 80;
  private static final int CUT_OFF_EVERY = 500;
  private static final int MESSAGES_MAX = 64;
  private static final int FEW_MESSAGES = 4;
  private static final long PATIENCE_NANOS = 2_000 * MILLISECOND;
  private static final long LOOK_MILLIS = 250;
  private static final int LOOKS_TO_PROGRESS = 8;
  private static final long SLOW_MILLIS_MAX = 3_000;
  private static final long QUICK_MILLIS_MAX = 40;

  private final SimCluster cluster;
  private final RandomGenerator random;
  private final int number;
  private final WatchedScope scope;
  private final boolean isSlow;

  /** Through whom it watches; null between two of them. */
  private @Nullable SimLife through;

  /** Counts its streams, so that what comes late for one that is over is known. */
  private long stream;

  private boolean isAtRest;

  /** Whether it was told that there is nothing, and was not woken since. */
  private boolean isWaiting;

  /** Number of the node through which it watched last; negative for none. */
  private int lastNode = -1;

  SimWatcher(SimCluster cluster, RandomGenerator random, int number, WatchedScope scope) {
    this.cluster = cluster;
    this.random = random;
    this.number = number;
    this.scope = scope;
    this.isSlow = random.nextInt(SLOW_EVERY) == 0;
  }

  final void start() {
    connectLater();
  }

  /** Reads as fast as it can, and stays with the node that it watches through. */
  final void rest() {
    isAtRest = true;
  }

  /** The revision up to which it was told everything. */
  abstract long reached();

  /** The revision that a node must have reached before it may serve it. */
  abstract long minRevision();

  /** Begins to watch; {@code wakeUp} says that there may be more. */
  abstract void begin(WatchHub hub, Runnable wakeUp);

  /** Ends what was begun, for whatever reason. */
  abstract void end();

  /** Takes the next message. */
  abstract Taken take();

  /** Reads the change log, after {@link Taken#NEEDS_LOG}. */
  abstract void readLog();

  /** What became of asking for a message. */
  enum Taken {
    /** There was one; ask again. */
    MESSAGE,
    /** There is none until the wake-up comes. */
    NOTHING,
    /** There is none until the change log was read. */
    NEEDS_LOG,
    /** There is none any more: what comes next is forgotten. */
    LOST
  }

  final int number() {
    return number;
  }

  final WatchedScope scope() {
    return scope;
  }

  final RandomGenerator random() {
    return random;
  }

  final void see(Observation observation) {
    cluster.world().see(observation);
  }

  final void hit(Mark mark) {
    cluster.world().totals().marks.hit(mark);
  }

  /** What it watches, in the words of the store. */
  final WatchScope storeScope() {
    return switch (scope.kind()) {
      case SERVICE -> new WatchScope.Service(new ServiceKey(scope.namespace(), scope.name()));
      case SERVICES -> WatchScope.Services.of(scope.namespace(), scope.name());
      case KEYS -> new WatchScope.Keys(ServiceKey.foldedNamespace(scope.namespace()), scope.name());
    };
  }

  final Filter filter() {
    return Filter.parse(scope.filter());
  }

  private void after(long millis, Runnable action) {
    cluster.time().after(millis * MILLISECOND, action);
  }

  private void connectLater() {
    after(random.nextLong(1, 200), this::connect);
  }

  private void connect() {
    var nodes = nodes();
    var node = nodes.get(random.nextInt(nodes.size()));
    var life = node.life();
    if (life == null) {
      connectLater();
      return;
    }
    long attempt = ++stream;
    life.registry()
        .read(
            new Consistency.MinRevision(minRevision()),
            node.clock().nanoTime() + PATIENCE_NANOS,
            // Later: this is the thread that applies.
            result -> after(1, () -> admitted(result, attempt, life)));
    cluster.time().after(2 * PATIENCE_NANOS, () -> giveUp(attempt));
  }

  private void admitted(Result<?> result, long attempt, SimLife life) {
    if (attempt != stream) {
      return;
    }
    if (result instanceof Result.Done<?> && life.isAlive()) {
      through = life;
      begin(life.hub(), () -> woken(attempt));
      readLater(attempt);
      if (life.number() != lastNode && lastNode >= 0) {
        hit(Mark.WATCH_MOVED);
      }
      lastNode = life.number();
    } else {
      stream++;
      connectLater();
    }
  }

  private void giveUp(long attempt) {
    if (attempt == stream && through == null) {
      stream++;
      connectLater();
    }
  }

  private void woken(long attempt) {
    isWaiting = false;
    readLater(attempt);
  }

  private void readLater(long attempt) {
    boolean isQuick = isAtRest || !isSlow;
    after(random.nextLong(1, isQuick ? QUICK_MILLIS_MAX : SLOW_MILLIS_MAX), () -> read(attempt));
  }

  private void read(long attempt) {
    if (!goesOn(attempt)) {
      return;
    }
    isWaiting = false;
    if (!isAtRest && random.nextInt(LEAVES_EVERY) == 0) {
      leave();
      return;
    }
    // Few: what is applied between two parts of a snapshot must not be lost.
    int left = random.nextInt(1, random.nextBoolean() ? FEW_MESSAGES : MESSAGES_MAX);
    Taken taken = Taken.MESSAGE;
    while (taken == Taken.MESSAGE && left > 0) {
      taken = take();
      left--;
      // What is on its way when a connection ends is lost.
      if (!isAtRest && random.nextInt(CUT_OFF_EVERY) == 0) {
        leave();
        return;
      }
    }
    switch (taken) {
      case MESSAGE -> readLater(attempt);
      case NOTHING -> {
        isWaiting = true;
        lookAfter(attempt, 1, reached());
      }
      case NEEDS_LOG ->
          after(
              random.nextLong(1, QUICK_MILLIS_MAX),
              () -> {
                if (goesOn(attempt)) {
                  readLog();
                  readLater(attempt);
                }
              });
      case LOST -> leave();
    }
  }

  /**
   * It waits to be woken. Meanwhile somebody who knows what the node knew a moment ago looks
   * whether it should have been, and now and then it is given a turn, as every watch is to tell of
   * progress.
   */
  private void lookAfter(long attempt, int looks, long published) {
    after(
        LOOK_MILLIS,
        () -> {
          var life = through;
          if (!isWaiting || !goesOn(attempt) || life == null) {
            return;
          }
          see(new NothingTold(number, scope, reached(), published));
          if (looks == LOOKS_TO_PROGRESS) {
            read(attempt);
          } else {
            lookAfter(attempt, looks + 1, life.hub().published());
          }
        });
  }

  private boolean goesOn(long attempt) {
    var life = through;
    if (attempt != stream || life == null) {
      return false;
    }
    boolean isLeftAlone =
        isAtRest && nodes().stream().noneMatch(node -> node.number() == life.number());
    if (!life.isAlive() || isLeftAlone) {
      leave();
      return false;
    }
    return true;
  }

  /** Those to choose from: at rest, one leaves who is told that its node hears no leader. */
  private List<SimNode> nodes() {
    return isAtRest ? cluster.knownToClients() : cluster.nodes();
  }

  /** Goes on elsewhere. */
  private void leave() {
    stream++;
    through = null;
    end();
    connectLater();
  }
}
