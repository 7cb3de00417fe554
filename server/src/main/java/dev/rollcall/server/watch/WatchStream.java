package dev.rollcall.server.watch;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.watch.WatchMessages.Farewell;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.v1.AckRevision;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.WatchRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One client's watches. Requests are put into an inbox by an event loop, wake-ups by the apply
 * thread; everything else belongs to the watch thread.
 */
final class WatchStream implements StreamObserver<WatchRequest> {
  static final int MESSAGES_PER_TURN = 64;

  /** Requests taken from the connection and not yet looked at. */
  private static final int INBOX_MAX = 64;

  private final WatchPump pump;
  private final ServerCallStreamObserver<WatchMessage> call;
  private final Object connection;
  private final ConcurrentLinkedQueue<WatchRequest> inbox = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Talker> woken = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile boolean hungUp;
  private volatile boolean halfClosed;
  private volatile boolean allDue;

  // Owned by the watch thread.
  private final Map<Long, Watch> watches = new HashMap<>();
  private final LinkedHashSet<WatchGroup> groups = new LinkedHashSet<>();

  /** The group of each view that others join, the oldest. */
  private final Map<WatchedView, WatchGroup> oldest = new HashMap<>();

  private final ArrayDeque<Talker> due = new ArrayDeque<>();

  /** Watches that are over and have not said so. */
  private int farewells;

  private long acknowledged;
  private boolean ended;

  private WatchStream(
      WatchPump pump, ServerCallStreamObserver<WatchMessage> call, Object connection) {
    this.pump = pump;
    this.call = call;
    this.connection = connection;
  }

  static WatchStream open(
      WatchPump pump, ServerCallStreamObserver<WatchMessage> call, Object connection) {
    var stream = new WatchStream(pump, call, connection);
    call.disableAutoRequest();
    call.setOnReadyHandler(stream::due);
    call.setOnCancelHandler(stream::hangUp);
    pump.add(stream);
    call.request(INBOX_MAX);
    return stream;
  }

  @Override
  public void onNext(WatchRequest request) {
    inbox.add(request);
    due();
  }

  @Override
  public void onError(Throwable failure) {
    hangUp();
  }

  @Override
  public void onCompleted() {
    halfClosed = true;
    due();
  }

  /** This one has something to send. Any thread. */
  void wake(Talker talker) {
    woken.add(talker);
    due();
  }

  /** Every group may have something to send. Watch thread. */
  void dueAll() {
    allDue = true;
    due();
  }

  /**
   * Sends what there is, as far as the connection takes it. Returns false when the stream is over.
   */
  boolean turn() {
    // Before the looking, so that what comes during it brings another turn.
    queued.set(false);
    if (hungUp) {
      over();
    }
    readInbox();
    if (allDue) {
      allDue = false;
      groups.forEach(this::enqueue);
    }
    for (Talker talker = woken.poll(); talker != null; talker = woken.poll()) {
      enqueue(talker);
    }
    int left = MESSAGES_PER_TURN;
    while (!ended && left > 0 && !due.isEmpty() && call.isReady()) {
      Talker talker = due.remove();
      talker.isDue = false;
      if (send(talker)) {
        left--;
        enqueue(talker);
      }
    }
    if (!ended && halfClosed && inbox.isEmpty() && watches.isEmpty()) {
      over();
      call.onCompleted();
    }
    if (!ended && (!due.isEmpty() || !inbox.isEmpty()) && call.isReady()) {
      due();
    }
    return !ended;
  }

  /** Ends the stream with a status. Watch thread. */
  void end(StatusRuntimeException status) {
    if (!ended) {
      over();
      call.onError(status);
    }
  }

  private void due() {
    if (!queued.getAndSet(true)) {
      pump.enqueue(this);
    }
  }

  private void hangUp() {
    hungUp = true;
    due();
  }

  private void over() {
    ended = true;
    pump.watchesChanged(connection, -watches.size());
    List.copyOf(watches.values()).forEach(Watch::close);
    watches.clear();
    due.clear();
  }

  /** Gives it a turn. Watch thread. */
  void enqueue(Talker talker) {
    // One that is over may still be woken once.
    if (!talker.isDue && !talker.isOver()) {
      talker.isDue = true;
      due.add(talker);
    }
  }

  /** The group that another one of the same view may join: itself when there is none. */
  WatchGroup oldest(WatchedView view, WatchGroup group) {
    return oldest.computeIfAbsent(view, v -> group);
  }

  /** A watch is to say that it is over. */
  void leaves() {
    farewells++;
  }

  void begun(WatchGroup group) {
    groups.add(group);
  }

  void isOver(WatchedView view, WatchGroup group) {
    groups.remove(group);
    oldest.remove(view, group);
  }

  /** Its group has said so. */
  void isOver(Watch watch) {
    watch.over();
    remove(watch);
  }

  private boolean send(Talker talker) {
    WatchMessage message = talker.next();
    if (message == null) {
      return false;
    }
    call.onNext(message);
    pump.sent();
    if (talker instanceof Watch watch && watch.isOver()) {
      farewells--;
      remove(watch);
    }
    return true;
  }

  private void remove(Watch watch) {
    if (watches.remove(watch.id(), watch)) {
      pump.watchesChanged(connection, -1);
    }
  }

  private void readInbox() {
    int read = 0;
    // Who does not read what it is told is not listened to either.
    while (!ended && farewells < INBOX_MAX) {
      WatchRequest request = inbox.poll();
      if (request == null) {
        break;
      }
      read++;
      take(request);
    }
    if (read > 0 && !ended) {
      call.request(read);
    }
  }

  private void take(WatchRequest request) {
    switch (request.getRequestCase()) {
      case CREATE -> create(request.getCreate());
      case CANCEL -> cancel(request.getCancel().getWatchId());
      case ACK -> acknowledge(request.getAck());
      case REQUEST_NOT_SET ->
          end(StatusMapper.refused(new InvalidRequest(Rule.OTHER, "an empty watch request")));
    }
  }

  private void create(CreateWatch request) {
    long id = request.getWatchId();
    if (id <= 0 || watches.containsKey(id)) {
      // An answer for this id would be taken for the watch that has it.
      end(
          StatusMapper.refused(
              new InvalidRequest(
                  Rule.OTHER, "watch_id must be positive and not in use on the stream: " + id)));
      return;
    }
    var limits = pump.parts().limits();
    boolean isRoom = watches.size() < limits.streamMax() && pump.hasRoom(connection);
    var watch = new Watch(id, this, pump);
    watches.put(id, watch);
    pump.watchesChanged(connection, 1);
    if (isRoom) {
      watch.begin(request);
    } else {
      watch.cancel(
          new Farewell(
              ErrorReason.TOO_MANY_WATCHES,
              "at most %d watches on a stream, %d on a connection, %d on a node"
                  .formatted(limits.streamMax(), limits.connectionMax(), limits.nodeMax())));
    }
    enqueue(watch);
  }

  private void cancel(long id) {
    @Nullable Watch watch = watches.get(id);
    // One that is not there was canceled by us meanwhile, and the client was told.
    if (watch != null && !watch.isLeaving()) {
      watch.cancel(new Farewell(ErrorReason.ERROR_REASON_UNSPECIFIED, "canceled as asked"));
      enqueue(watch);
    }
  }

  private void acknowledge(AckRevision ack) {
    long revision = ack.getRevision();
    if (revision > acknowledged) {
      long nanosAgo = TimeUnit.MICROSECONDS.toNanos(Math.max(0, ack.getAppliedMicrosAgo()));
      pump.acknowledged(revision, acknowledged, nanosAgo);
      acknowledged = revision;
    }
  }
}
