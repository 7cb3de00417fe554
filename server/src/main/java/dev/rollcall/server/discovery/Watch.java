package dev.rollcall.server.discovery;

import com.google.protobuf.ByteString;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.server.replication.ReadPoint;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.watch.StateCursor;
import dev.rollcall.store.watch.StateEvent;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One watch of a stream: waiting for its min_revision → standing → over. Makes one message at a
 * time, on the watch thread, and only when the stream can take it.
 */
final class Watch {
  /** How long a watch waits for its min_revision. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Whether it is in its stream's queue; the stream's. */
  boolean isDue;

  private final long id;
  private final WatchStream stream;
  private final WatchPump pump;

  /** Set by whoever answers the wait for min_revision, then read by the watch thread. */
  private volatile @Nullable Result<ReadPoint> admission;

  private @Nullable ServiceKey service;
  private @Nullable StateCursor cursor;
  private @Nullable SnapshotParts snapshot;

  /** Parts of a delta that was too large for one message. */
  private final ArrayDeque<WatchResponse> rest = new ArrayDeque<>();

  /** What ends the watch, once it is to end. */
  private @Nullable WatchResponse canceled;

  private boolean over;

  /** Of the last snapshot or delta sent. */
  private long revision;

  private long progressRevision;
  private long progressRound;
  private boolean toldStale;

  Watch(long id, WatchStream stream, WatchPump pump) {
    this.id = id;
    this.stream = stream;
    this.pump = pump;
    this.progressRound = pump.progressRound();
  }

  long id() {
    return id;
  }

  boolean isOver() {
    return over;
  }

  /** Begins what the client asked for, or cancels it with the reason. */
  void begin(CreateWatch request) {
    try {
      service = new ServiceKey(request.getNamespace(), request.getService());
    } catch (InvalidRequest e) {
      cancel(StatusMapper.reason(e.rule()), String.valueOf(e.getMessage()));
      return;
    }
    ByteString history = request.getHistoryId();
    if (!history.isEmpty() && !history.equals(pump.parts().headers().historyId())) {
      cancel(ErrorReason.HISTORY_CHANGED, "this cluster's revisions are of another history");
    } else if (request.getMode() != WatchMode.WATCH_MODE_UNSPECIFIED
        && request.getMode() != WatchMode.WATCH_MODE_STATE) {
      cancel(ErrorReason.NOT_SUPPORTED, "this version knows watches of mode STATE only");
    } else if (request.getMinRevision() < 0
        || (request.getMinRevision() > 0 && history.isEmpty())
        || request.getStartRevision() != 0) {
      cancel(
          ErrorReason.INVALID_REQUEST,
          "min_revision must not be negative and needs history_id; start_revision needs mode"
              + " CHANGES");
    } else {
      awaitRevision(request.getMinRevision());
    }
  }

  /** Ends the watch: the next message is its last. */
  void cancel(ErrorReason reason, String message) {
    if (canceled == null) {
      canceled = WatchMessages.canceled(id, reason, message);
      close();
    }
  }

  /** Lets go of what the watch holds. */
  void close() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
    snapshot = null;
    rest.clear();
  }

  /** The next message, or null when there is none until the watch is woken. */
  @Nullable WatchResponse next() {
    if (canceled != null) {
      over = true;
      return canceled;
    }
    if (cursor == null) {
      return stand();
    }
    if (snapshot != null) {
      return nextPart(snapshot);
    }
    if (!rest.isEmpty()) {
      return rest.remove();
    }
    return switch (cursor.next()) {
      case StateEvent.Snapshot event -> begin(event);
      case StateEvent.Delta event -> begin(event);
      case StateEvent.Idle idle -> aside();
    };
  }

  private void awaitRevision(long minRevision) {
    if (minRevision == 0) {
      admission = new Result.Done<>(new ReadPoint(0, 0));
      return;
    }
    var parts = pump.parts();
    parts
        .registry()
        .read(
            new Consistency.MinRevision(minRevision),
            parts.clock().nanoTime() + PATIENCE.toNanos(),
            result -> {
              admission = result;
              stream.wake(this);
            });
  }

  private @Nullable WatchResponse stand() {
    ServiceKey key = service;
    return switch (admission) {
      case null -> null;
      case Result.Failed<ReadPoint> failed -> {
        cancel(StatusMapper.reason(failed.failure()), failed.message());
        yield next();
      }
      case Result.Done<ReadPoint> done when key != null -> {
        cursor = pump.parts().hub().watchState(key, () -> stream.wake(this));
        toldStale = pump.isStale();
        yield pump.messages().created(id, toldStale);
      }
      case Result.Done<ReadPoint> done -> throw new IllegalStateException("watch without service");
    };
  }

  private WatchResponse begin(StateEvent.Snapshot event) {
    if (event.reset()) {
      pump.reset();
    }
    revision = event.revision();
    var parts = new SnapshotParts(id, event);
    snapshot = parts;
    return nextPart(parts);
  }

  private WatchResponse nextPart(SnapshotParts parts) {
    WatchResponse part = parts.next();
    if (part.getSnapshot().getLast()) {
      snapshot = null;
    }
    return part;
  }

  private WatchResponse begin(StateEvent.Delta event) {
    revision = event.revision();
    var parts = pump.messages().delta(event);
    for (int i = 1; i < parts.size(); i++) {
      rest.add(WatchMessages.delta(id, parts.get(i)));
    }
    return WatchMessages.delta(id, parts.getFirst());
  }

  /** What is said beside the changes, when there are none. */
  private @Nullable WatchResponse aside() {
    if (toldStale != pump.isStale()) {
      toldStale = pump.isStale();
      return WatchMessages.freshness(id, toldStale);
    }
    if (progressRound == pump.progressRound() || service == null) {
      return null;
    }
    progressRound = pump.progressRound();
    // The revision first: the snapshot taken after it contains all up to it. If that is the one the
    // client has, all up to the revision is delivered.
    long reached = pump.parts().store().status().revision();
    boolean delivered = pump.parts().store().service(service).revision() == revision;
    if (!delivered || reached <= Math.max(progressRevision, revision)) {
      return null;
    }
    progressRevision = reached;
    return WatchMessages.progress(id, reached);
  }
}
