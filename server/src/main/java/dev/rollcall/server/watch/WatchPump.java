package dev.rollcall.server.watch;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.store.Invariant;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.watch.WatchHub;
import dev.rollcall.v1.WatchRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code watch}: the only one that sends on watch streams. A stream comes to its turn
 * when a watched service changed, when the connection can take more, or when the client said
 * something; a turn sends at most {@value WatchStream#MESSAGES_PER_TURN} messages, so that none
 * waits long for another.
 *
 * <p>The apply thread only says that something changed, the event loops only put a stream into a
 * queue. What a client does not read is not made: it stays a position in the hub's ring.
 */
public final class WatchPump implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchPump.class);

  /** How often the node's freshness is looked at. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How often an idle watch is told how far the node has come. */
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Parts parts;
  private final Thread thread = new Thread(this::run, "watch");
  private final ConcurrentLinkedQueue<WatchStream> queue = new ConcurrentLinkedQueue<>();
  private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();
  private final WatchMessages messages;
  private final LogReads logReads;
  private final Propagation propagation = new Propagation();
  private final LongAdder messagesSent = new LongAdder();
  private final LongAdder resets = new LongAdder();
  private final AtomicInteger watches = new AtomicInteger();

  /** Whether the hub has somebody to wake. */
  private volatile boolean marked;

  private volatile boolean parked;
  private volatile @Nullable StatusRuntimeException end;

  // Owned by the thread.
  private boolean stale;
  private long progressRound;
  private final Map<Object, Integer> watchesOfConnections = new HashMap<>();

  /**
   * What watches need of their node.
   *
   * @param limits how many there may be
   * @param propagationNanos told how long a change took from being published on this node until a
   *     client had applied it; watch thread
   * @param isStale whether the node has not heard from a leader for too long; any thread
   * @param fatal told of a broken invariant, on the watch thread
   */
  public record Parts(
      Registry registry,
      RegistryStore store,
      WatchHub hub,
      Clock clock,
      Headers headers,
      WatchLimits limits,
      BooleanSupplier isStale,
      LongConsumer propagationNanos,
      Consumer<Throwable> fatal) {}

  private WatchPump(Parts parts) {
    this.parts = parts;
    messages = new WatchMessages(parts.headers(), parts.store());
    logReads = new LogReads(parts.fatal());
  }

  /** Starts the thread. */
  public static WatchPump start(Parts parts) {
    var pump = new WatchPump(parts);
    parts.hub().onMarked(pump::marked);
    pump.thread.start();
    return pump;
  }

  /**
   * Takes a call over; to be called on the call's own thread.
   *
   * @param connection equal for all calls that came by the same one
   */
  StreamObserver<WatchRequest> open(
      ServerCallStreamObserver<WatchMessage> call, Object connection) {
    return WatchStream.open(this, call, connection);
  }

  /** Streams open. */
  public int streams() {
    return streams.size();
  }

  /** Watches on them. */
  public int watches() {
    return watches.get();
  }

  /** Messages sent so far. */
  public long messagesSent() {
    return messagesSent.sum();
  }

  /** Snapshots sent in place of deltas that a slow stream had missed. */
  public long resets() {
    return resets.sum();
  }

  /** Ends all streams with the status, then the thread. */
  public void close(StatusRuntimeException status) {
    end = status;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    logReads.close();
  }

  @Override
  public void close() {
    close(Status.UNAVAILABLE.asRuntimeException());
  }

  Parts parts() {
    return parts;
  }

  WatchMessages messages() {
    return messages;
  }

  LogReads logReads() {
    return logReads;
  }

  /** Any thread. */
  void add(WatchStream stream) {
    streams.add(stream);
  }

  /** Gives the stream a turn. Any thread; the stream sees to it that it is in the queue once. */
  void enqueue(WatchStream stream) {
    queue.add(stream);
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  /** Watch thread. */
  boolean isStale() {
    return stale;
  }

  /** Grows each time that idle watches should be told of progress. Watch thread. */
  long progressRound() {
    return progressRound;
  }

  /** Watch thread. */
  void sent() {
    messagesSent.increment();
  }

  /** Watch thread. */
  void reset() {
    resets.increment();
  }

  /** Whether a connection may have another watch. Watch thread. */
  boolean hasRoom(Object connection) {
    return watches.get() < parts.limits().nodeMax()
        && watchesOfConnections.getOrDefault(connection, 0) < parts.limits().connectionMax();
  }

  /** Watch thread. */
  void watchesChanged(Object connection, int difference) {
    watches.addAndGet(difference);
    watchesOfConnections.merge(connection, difference, (a, b) -> a + b == 0 ? null : a + b);
  }

  /**
   * A client has applied everything up to a revision. Watch thread.
   *
   * @param before what it had said before
   * @param nanosAgo since when that is so
   */
  void acknowledged(long revision, long before, long nanosAgo) {
    var newest = propagation.newest(revision, before);
    long taken = parts.clock().nanoTime() - nanosAgo - newest.nanos();
    // What says that it was applied before it was published measures nothing.
    if (newest.revision() > 0 && taken >= 0) {
      parts.propagationNanos().accept(taken);
    }
  }

  private void run() {
    long nextLookNanos = parts.clock().nanoTime();
    long nextProgressNanos = nextLookNanos + PROGRESS_NANOS;
    StatusRuntimeException ending = end;
    while (ending == null) {
      long now = parts.clock().nanoTime();
      if (now - nextLookNanos >= 0) {
        nextLookNanos = now + LOOK_NANOS;
        boolean all = look();
        if (now - nextProgressNanos >= 0) {
          nextProgressNanos = now + PROGRESS_NANOS;
          progressRound++;
          all = true;
        }
        if (all) {
          streams.forEach(WatchStream::dueAll);
        }
      }
      if (marked) {
        // Before they are woken, so that who is marked meanwhile is woken by another turn.
        marked = false;
        parts.hub().wakeMarked();
      }
      WatchStream stream = queue.poll();
      if (stream == null) {
        park(nextLookNanos - now);
      } else {
        turn(stream);
      }
      ending = end;
    }
    for (WatchStream stream : streams) {
      stream.end(ending);
    }
  }

  /** Apply thread. */
  private void marked() {
    propagation.published(parts.hub().published(), parts.clock().nanoTime());
    marked = true;
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  private boolean look() {
    boolean before = stale;
    stale = parts.isStale().getAsBoolean();
    return stale != before;
  }

  private void park(long nanosMax) {
    parked = true;
    if (queue.isEmpty() && !marked && end == null) {
      LockSupport.parkNanos(this, Math.max(1, nanosMax));
    }
    parked = false;
  }

  private void turn(WatchStream stream) {
    try {
      if (!stream.turn()) {
        streams.remove(stream);
      }
    } catch (Invariant.Violation e) {
      parts.fatal().accept(e);
      stream.end(Status.INTERNAL.asRuntimeException());
    } catch (RuntimeException e) {
      LOG.error("fault on a watch stream, which is ended", e);
      streams.remove(stream);
      stream.end(Status.INTERNAL.asRuntimeException());
    }
  }
}
