package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotChunk;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotGone;
import dev.rollcall.raft.driver.StateSnapshot.Chunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * This node's state for those who are too far behind: takes a snapshot when somebody asks, and
 * sends the pieces that are asked for, no faster than the rate. Knows nothing of how far anybody
 * is: who fetches says so with each request. Those who begin at about the same time share a
 * snapshot. Snapshot thread.
 *
 * <p>A snapshot: taken → asked for, again and again → let go, when nobody has asked for long, or it
 * is too old, or another is needed and this one has been idle for some time.
 */
final class SnapshotSource {
  /** Snapshots held at once: one that is being fetched, and one for who came too late for it. */
  private static final int SNAPSHOTS_MAX = 2;

  private final SnapshotConfig config;
  private final Transport transport;
  private final Runnable pin;

  private final Map<Long, Held> held = new LinkedHashMap<>();

  /** The last request of each node that waits for its answer, in the order they came. */
  private final Map<NodeId, FetchSnapshot> waiting = new LinkedHashMap<>();

  private long lastId;
  private boolean isPinning;
  private long freeAtNanos;

  /**
   * @param lastId drawn, so that no life of this node uses the ids of another
   * @param pin has a snapshot taken on the apply thread, and {@link #pinned} called with it
   */
  SnapshotSource(
      SnapshotConfig config, Transport transport, Runnable pin, long lastId, long nowNanos) {
    this.config = config;
    this.transport = transport;
    this.pin = pin;
    this.lastId = lastId;
    this.freeAtNanos = nowNanos;
  }

  /** Somebody asks; a request that asks again takes the place of the one before. */
  void asked(NodeId from, FetchSnapshot request) {
    waiting.put(from, request);
  }

  /** What the apply thread has taken; empty when there is nothing to send yet. */
  void pinned(Optional<Pinned> taken, long nowNanos) {
    isPinning = false;
    if (taken.isPresent()) {
      lastId = Math.max(1, lastId + 1);
      held.put(lastId, new Held(lastId, taken.get(), nowNanos));
    } else {
      waiting.values().removeIf(request -> request.snapshotId() == SnapshotMessage.ANY);
    }
  }

  /** Answers at most one request; returns whether anything was done. */
  boolean advance(long nowNanos) {
    boolean worked = letGo(nowNanos);
    if (nowNanos - freeAtNanos < 0) {
      return worked;
    }
    for (Map.Entry<NodeId, FetchSnapshot> each : List.copyOf(waiting.entrySet())) {
      if (answer(each.getKey(), each.getValue(), nowNanos)) {
        waiting.remove(each.getKey());
        return true;
      }
    }
    return worked;
  }

  /** How long until {@link #advance} may have something to do by itself. */
  long idleNanosMax(long nowNanos) {
    long next = Long.MAX_VALUE;
    boolean mustWait = nowNanos - freeAtNanos < 0;
    if (!waiting.isEmpty() && mustWait) {
      next = freeAtNanos - nowNanos;
    }
    for (Held snapshot : held.values()) {
      next = Math.min(next, Math.max(0, snapshot.endNanos() - nowNanos));
      // Who waits for room gets it when this one is idle; who waits for the apply thread is told.
      if (!waiting.isEmpty() && !mustWait && !isPinning) {
        next = Math.min(next, Math.max(0, snapshot.usedNanos + idleNanos() - nowNanos));
      }
    }
    return next;
  }

  /** Index behind which the log is needed by those who fetch; empty when nobody does. */
  OptionalLong pinnedIndex() {
    return held.values().stream().mapToLong(each -> each.start.previous().index()).min();
  }

  /** Whether a snapshot is being taken, so that {@link #pinnedIndex} may go down. */
  boolean isPinning() {
    return isPinning;
  }

  void close() {
    held.values().forEach(each -> each.state.close());
    held.clear();
    waiting.clear();
  }

  /** Returns whether the request needs no further attention. */
  private boolean answer(NodeId to, FetchSnapshot request, long nowNanos) {
    if (request.snapshotId() != SnapshotMessage.ANY) {
      Held snapshot = held.get(request.snapshotId());
      if (snapshot == null) {
        transport.send(to, new SnapshotGone(request.snapshotId()));
      } else {
        sendChunk(to, snapshot, request.after(), nowNanos);
      }
      return true;
    }
    Held fitting = fitting(request.fromIndex(), nowNanos);
    if (fitting != null) {
      sendChunk(to, fitting, Payload.EMPTY, nowNanos);
      return true;
    }
    if (!isPinning && makeRoom(nowNanos)) {
      isPinning = true;
      pin.run();
    }
    return false;
  }

  /** The newest, unless it is of no use or will not live long enough. */
  private @Nullable Held fitting(long fromIndex, long nowNanos) {
    return held.values().stream()
        .filter(each -> each.start.previous().index() >= fromIndex)
        .filter(each -> nowNanos - each.takenNanos < config.idleMax().toNanos())
        .max(Comparator.comparingLong(each -> each.id))
        .orElse(null);
  }

  private void sendChunk(NodeId to, Held snapshot, Payload after, long nowNanos) {
    snapshot.usedNanos = nowNanos;
    Chunk chunk;
    try {
      chunk = snapshot.state.chunk(after, config.chunkBytesMax());
    } catch (IllegalArgumentException e) {
      // Made up by somebody: whoever it was begins anew.
      transport.send(to, new SnapshotGone(snapshot.id));
      return;
    }
    freeAtNanos = nowNanos + config.nanosOf(chunk.bytes().length());
    transport.send(to, new SnapshotChunk(snapshot.id, snapshot.start, after, chunk));
  }

  /** Lets go of snapshots whose time is over. */
  private boolean letGo(long nowNanos) {
    return letGo(held.values().stream().filter(each -> nowNanos - each.endNanos() >= 0).toList());
  }

  /** Whether one more may be held, if need be in the place of one that is idle. */
  private boolean makeRoom(long nowNanos) {
    if (held.size() < SNAPSHOTS_MAX) {
      return true;
    }
    List<Held> idle = new ArrayList<>(held.values());
    idle.removeIf(each -> nowNanos - each.usedNanos < idleNanos());
    idle.sort(Comparator.comparingLong(each -> each.usedNanos));
    return letGo(idle.stream().limit(1).toList());
  }

  /** Unasked for so long, a snapshot may have to make room. */
  private long idleNanos() {
    return 2 * config.answerTimeout().toNanos();
  }

  private boolean letGo(List<Held> over) {
    for (Held each : over) {
      held.remove(each.id);
      each.state.close();
    }
    return !over.isEmpty();
  }

  /** What the apply thread has taken. */
  record Pinned(LogStart start, StateSnapshot state) {}

  private final class Held {
    private final long id;
    private final LogStart start;
    private final StateSnapshot state;
    private final long takenNanos;
    private long usedNanos;

    private Held(long id, Pinned pinned, long nowNanos) {
      this.id = id;
      this.start = pinned.start;
      this.state = pinned.state;
      this.takenNanos = nowNanos;
      this.usedNanos = nowNanos;
    }

    private long endNanos() {
      long idle = usedNanos + config.idleMax().toNanos();
      long old = takenNanos + config.lifeMax().toNanos();
      return idle - old < 0 ? idle : old;
    }
  }
}
