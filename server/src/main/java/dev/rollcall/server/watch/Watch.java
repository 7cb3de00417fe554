package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.server.replication.ReadPoint;
import dev.rollcall.server.replication.Result;
import dev.rollcall.server.watch.WatchMessages.Farewell;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One watch of a stream: waiting for its min_revision → standing in a {@link WatchGroup} → over.
 * Speaks itself at the beginning and at the end; in between its group does. Watch thread.
 */
final class Watch extends Talker {
  /** How long a watch waits for its min_revision. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final long id;
  private final WatchStream stream;
  private final WatchPump pump;

  /** Set by whoever answers the wait for min_revision, then read by the watch thread. */
  private volatile @Nullable Result<ReadPoint> admission;

  private @Nullable WatchedView view;
  private long minRevision;
  private long startRevision;
  private @Nullable WatchGroup group;

  /** What ends the watch, once it is to end. */
  private @Nullable Farewell farewell;

  private boolean isOver;

  Watch(long id, WatchStream stream, WatchPump pump) {
    this.id = id;
    this.stream = stream;
    this.pump = pump;
  }

  long id() {
    return id;
  }

  /** The revision below which it is told of no progress. */
  long floor() {
    return Math.max(minRevision, startRevision - 1);
  }

  @Override
  boolean isOver() {
    return isOver;
  }

  /** Whether it is still to say that it is over. */
  boolean isLeaving() {
    return farewell != null && !isOver;
  }

  /** Begins what the client asked for, or cancels it with the reason. */
  void begin(CreateWatch request) {
    try {
      view = WatchedView.of(request);
    } catch (InvalidRequest e) {
      cancel(new Farewell(StatusMapper.reason(e.rule()), String.valueOf(e.getMessage())));
      return;
    } catch (StatusRuntimeException e) {
      cancel(
          new Farewell(ErrorReason.NOT_SUPPORTED, String.valueOf(e.getStatus().getDescription())));
      return;
    }
    ByteString history = request.getHistoryId();
    minRevision = request.getMinRevision();
    startRevision = request.getStartRevision();
    if (!history.isEmpty() && !history.equals(pump.parts().headers().historyId())) {
      cancel(
          new Farewell(
              ErrorReason.HISTORY_CHANGED, "this cluster's revisions are of another history"));
    } else if (minRevision < 0
        || startRevision < 0
        || (history.isEmpty() && (minRevision > 0 || startRevision > 0))) {
      cancel(
          new Farewell(
              ErrorReason.INVALID_REQUEST,
              "min_revision and start_revision must not be negative, and need history_id"));
    } else {
      awaitRevision();
    }
  }

  /** Ends the watch: its next message is its last. */
  void cancel(Farewell reason) {
    if (farewell == null) {
      farewell = reason;
      stream.leaves();
      close();
    }
  }

  /** Lets go of what the watch holds. */
  void close() {
    if (group != null) {
      group.leave(this);
      group = null;
    }
  }

  /** It stands in another group now. */
  void join(WatchGroup other) {
    group = other;
  }

  /** The group has said that it is over. */
  void over() {
    isOver = true;
    group = null;
  }

  @Override
  @Nullable WatchMessage next() {
    var leaving = farewell;
    if (leaving != null) {
      isOver = true;
      return pump.messages().canceled(to(), leaving);
    }
    var seen = view;
    return group != null || seen == null
        ? null
        : switch (admission) {
          case null -> null;
          case Result.Failed<ReadPoint> failed -> {
            cancel(new Farewell(StatusMapper.reason(failed.failure()), failed.message()));
            yield next();
          }
          case Result.Done<ReadPoint> done -> stand(seen);
        };
  }

  private void awaitRevision() {
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

  private @Nullable WatchMessage stand(WatchedView seen) {
    var status = pump.parts().store().status();
    if (seen.isChanges() && startRevision == 0) {
      startRevision = status.revision() + 1;
    }
    if (seen.isChanges() && startRevision < status.compactRevision()) {
      cancel(Farewell.compacted(startRevision, status.compactRevision()));
      return next();
    }
    boolean stale = pump.isStale();
    var begun = WatchGroup.begin(this, seen, startRevision, stream, pump);
    group = begun;
    stream.enqueue(begun);
    return pump.messages().created(to(), stale, startRevision);
  }

  private ByteString to() {
    return WatchMessages.to(List.of(id));
  }
}
