package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.WireFormat;
import dev.rollcall.store.KeyCodec;
import dev.rollcall.store.watch.StateCursor;
import dev.rollcall.store.watch.StateEvent;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchDeltas;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchSnapshot;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state: snapshots in parts, then deltas, as many in a message as there are. */
final class StateFeed implements Feed {
  private final StateCursor cursor;
  private final boolean isOfMany;
  private final Runnable onReset;

  /** The service on its way, until its last part is gone. */
  private @Nullable SnapshotParts parts;

  /** Encoded deltas on their way, some of them parts of one that was too large for one message. */
  private final ArrayDeque<Part> rest = new ArrayDeque<>();

  /** What the cursor gave after the last delta of a message. */
  private @Nullable StateEvent held;

  private long delivered;
  private boolean isReset;

  /** Part of a delta: what differs from watcher to watcher, and what all share. */
  private record Part(ByteString head, ByteString shared) {
    int bytes() {
      return head.size() + shared.size();
    }
  }

  /**
   * Over a cursor, which it closes.
   *
   * @param isOfMany whether it is of many services
   * @param onReset told when a snapshot begins that stands for changes which were skipped
   */
  StateFeed(StateCursor cursor, boolean isOfMany, Runnable onReset) {
    this.cursor = cursor;
    this.isOfMany = isOfMany;
    this.onReset = onReset;
  }

  @Override
  public Piece next() {
    if (parts != null) {
      return part(parts);
    }
    if (!rest.isEmpty()) {
      return deltas();
    }
    var event = held == null ? cursor.next() : held;
    held = null;
    return switch (event) {
      case StateEvent.Snapshot snapshot -> {
        begin(snapshot.reset());
        delivered = Math.max(delivered, snapshot.revision());
        var begun = new SnapshotParts(snapshot, isOfMany);
        parts = begun;
        yield part(begun);
      }
      case StateEvent.Names names -> {
        begin(names.reset());
        isReset = !names.isLast() && isReset;
        var message =
            WatchSnapshot.newBuilder()
                .setRevision(names.revision())
                .setReset(names.reset())
                .setLast(names.isLast())
                .addAllNames(names.names());
        yield snapshot(message, names.revision());
      }
      case StateEvent.Keys keys -> {
        begin(keys.reset());
        isReset = !keys.isLast() && isReset;
        var message =
            WatchSnapshot.newBuilder()
                .setRevision(keys.revision())
                .setReset(keys.reset())
                .setLast(keys.isLast());
        keys.keys().forEach(key -> message.addKeys(KeyCodec.toMessage(key)));
        yield snapshot(message, keys.revision());
      }
      case StateEvent.End end -> {
        begin(end.reset());
        isReset = false;
        var message =
            WatchSnapshot.newBuilder()
                .setRevision(end.revision())
                .setReset(end.reset())
                .setLast(true);
        yield snapshot(message, end.revision());
      }
      case StateEvent.Delta delta -> {
        encode(delta);
        yield deltas();
      }
      case StateEvent.Idle(long reached) -> new Idle(reached);
    };
  }

  @Override
  public long delivered() {
    return delivered;
  }

  @Override
  public boolean goesOnFor(Feed other) {
    return other instanceof StateFeed that
        && isEmpty()
        && that.isEmpty()
        && cursor.goesOnFor(that.cursor);
  }

  private boolean isEmpty() {
    return parts == null && rest.isEmpty() && held == null;
  }

  @Override
  public void close() {
    cursor.close();
    parts = null;
    rest.clear();
    held = null;
  }

  private void begin(boolean reset) {
    if (reset && !isReset) {
      isReset = true;
      onReset.run();
    }
  }

  private Message part(SnapshotParts from) {
    var part = from.next();
    if (from.isAtEnd()) {
      parts = null;
      if (part.getLast()) {
        isReset = false;
      }
    }
    return message(part);
  }

  private Message snapshot(WatchSnapshot.Builder snapshot, long revision) {
    delivered = Math.max(delivered, revision);
    return message(snapshot.build());
  }

  private static Message message(WatchSnapshot snapshot) {
    return new Message(
        List.of(WatchResponse.newBuilder().setSnapshot(snapshot).build().toByteString()));
  }

  private Message deltas() {
    var batch = new Batch(WatchResponse.DELTAS_FIELD_NUMBER);
    while (true) {
      Part part = rest.peek();
      if (part == null) {
        var event = cursor.next();
        if (!(event instanceof StateEvent.Delta delta)) {
          // To be idle is said again when it is asked again.
          held = event instanceof StateEvent.Idle ? null : event;
          return batch.message();
        }
        encode(delta);
      } else if (batch.takes(part.bytes())) {
        rest.remove();
        batch.add(part.head());
        batch.add(part.shared());
      } else {
        return batch.message();
      }
    }
  }

  private void encode(StateEvent.Delta delta) {
    delivered = Math.max(delivered, delta.revision());
    var shared = delta.shared().encoded();
    for (int i = 0; i < shared.size(); i++) {
      boolean more = i < shared.size() - 1 || delta.more();
      rest.add(new Part(head(delta.previousRevision(), more, shared.get(i)), shared.get(i)));
    }
  }

  /** The beginning of a field of WatchDeltas, up to what all share of it. */
  private static ByteString head(long previousRevision, boolean more, ByteString shared) {
    ByteString own =
        WatchDelta.newBuilder()
            .setPreviousRevision(previousRevision)
            .setMore(more)
            .build()
            .toByteString();
    return Batch.write(out -> {
      out.writeTag(WatchDeltas.DELTAS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(own.size() + shared.size());
      out.writeRawBytes(own.asReadOnlyByteBuffer());
    });
  }
}
