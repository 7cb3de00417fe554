package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.store.watch.ChangesCursor;
import dev.rollcall.store.watch.ChangesEvent;
import dev.rollcall.v1.WatchResponse;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Changes: whole revisions, as many in a message as there are. */
final class ChangesFeed implements Feed {
  private final ChangesCursor cursor;
  private final Executor logReads;
  private final Runnable wakeUp;

  /** Encoded revisions on their way, some of them parts of one that was too large for a message. */
  private final ArrayDeque<ByteString> rest = new ArrayDeque<>();

  /** What the cursor gave after the last revision of a message. */
  private @Nullable ChangesEvent held;

  private volatile boolean isReading;
  private long delivered;

  /**
   * Over a cursor, which it closes.
   *
   * @param logReads where the change log is read
   * @param wakeUp to be called when it has been
   */
  ChangesFeed(ChangesCursor cursor, Executor logReads, Runnable wakeUp) {
    this.cursor = cursor;
    this.logReads = logReads;
    this.wakeUp = wakeUp;
  }

  @Override
  public Piece next() {
    if (!rest.isEmpty()) {
      return revisions();
    }
    if (isReading) {
      return Busy.NOW;
    }
    var event = held == null ? cursor.next() : held;
    held = null;
    return switch (event) {
      case ChangesEvent.Changed changed -> {
        take(changed);
        yield revisions();
      }
      case ChangesEvent.NeedsLog needs -> {
        isReading = true;
        logReads.execute(this::read);
        yield Busy.NOW;
      }
      case ChangesEvent.Lost(long compactRevision) -> new Lost(compactRevision);
      case ChangesEvent.Idle(long reached) -> new Idle(reached);
    };
  }

  @Override
  public long delivered() {
    return delivered;
  }

  @Override
  public boolean goesOnFor(Feed other) {
    return other instanceof ChangesFeed that
        && isEmpty()
        && that.isEmpty()
        && cursor.goesOnFor(that.cursor);
  }

  private boolean isEmpty() {
    return !isReading && rest.isEmpty() && held == null;
  }

  @Override
  public void close() {
    cursor.close();
    rest.clear();
    held = null;
  }

  private void read() {
    cursor.readLog();
    isReading = false;
    wakeUp.run();
  }

  private Message revisions() {
    var batch = new Batch(WatchResponse.CHANGES_FIELD_NUMBER);
    while (true) {
      ByteString part = rest.peek();
      if (part == null) {
        var event = cursor.next();
        if (!(event instanceof ChangesEvent.Changed changed)) {
          // To be idle, or to need the log, is said again when it is asked again.
          held = event instanceof ChangesEvent.Lost ? event : null;
          return batch.message();
        }
        take(changed);
      } else if (batch.takes(part.size())) {
        rest.remove();
        batch.add(part);
      } else {
        return batch.message();
      }
    }
  }

  private void take(ChangesEvent.Changed changed) {
    delivered = changed.revision().revision();
    rest.addAll(changed.revision().encoded());
  }
}
