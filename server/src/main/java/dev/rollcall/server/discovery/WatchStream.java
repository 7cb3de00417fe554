package dev.rollcall.server.discovery;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One client's watches. Requests are put into an inbox by an event loop, wake-ups by the apply
 * thread; everything else belongs to the watch thread.
 */
final class WatchStream implements StreamObserver<WatchRequest> {
  static final int WATCHES_MAX = 10_000;
  static final int MESSAGES_PER_TURN = 64;

  /** Requests taken from the connection and not yet looked at. */
  private static final int INBOX_MAX = 64;

  private final WatchPump pump;
  private final ServerCallStreamObserver<WatchResponse> call;
  private final ConcurrentLinkedQueue<WatchRequest> inbox = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Watch> woken = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile boolean hungUp;
  private volatile boolean halfClosed;
  private volatile boolean allDue;

  // Owned by the watch thread.
  private final Map<Long, Watch> watches = new HashMap<>();
  private final ArrayDeque<Watch> due = new ArrayDeque<>();
  private boolean ended;

  private WatchStream(WatchPump pump, ServerCallStreamObserver<WatchResponse> call) {
    this.pump = pump;
    this.call = call;
  }

  static WatchStream open(WatchPump pump, ServerCallStreamObserver<WatchResponse> call) {
    var stream = new WatchStream(pump, call);
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

  /** The watch has something to send. Any thread. */
  void wake(Watch watch) {
    woken.add(watch);
    due();
  }

  /** Every watch may have something to send. Watch thread. */
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
      watches.values().forEach(this::enqueue);
    }
    for (Watch watch = woken.poll(); watch != null; watch = woken.poll()) {
      enqueue(watch);
    }
    int left = MESSAGES_PER_TURN;
    while (!ended && left > 0 && !due.isEmpty() && call.isReady()) {
      Watch watch = due.remove();
      watch.isDue = false;
      if (send(watch)) {
        left--;
        enqueue(watch);
      }
    }
    if (!ended && halfClosed && inbox.isEmpty() && watches.isEmpty()) {
      over();
      call.onCompleted();
    }
    if (!ended && !due.isEmpty() && call.isReady()) {
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
    pump.watchesChanged(-watches.size());
    watches.values().forEach(Watch::close);
    watches.clear();
    due.clear();
  }

  private void enqueue(Watch watch) {
    // One that is over may still be woken once.
    if (!watch.isDue && !watch.isOver()) {
      watch.isDue = true;
      due.add(watch);
    }
  }

  private boolean send(Watch watch) {
    WatchResponse message = watch.next();
    if (message == null) {
      return false;
    }
    call.onNext(message);
    pump.sent();
    if (watch.isOver()) {
      remove(watch);
    }
    return true;
  }

  private void remove(Watch watch) {
    if (watches.remove(watch.id(), watch)) {
      pump.watchesChanged(-1);
    }
  }

  private void readInbox() {
    int read = 0;
    for (WatchRequest request = inbox.poll(); request != null && !ended; request = inbox.poll()) {
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
      // Feeds nothing yet; the figures of propagation come with the watch issue.
      case ACK -> {}
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
    var watch = new Watch(id, this, pump);
    watches.put(id, watch);
    pump.watchesChanged(1);
    if (watches.size() > WATCHES_MAX) {
      watch.cancel(
          ErrorReason.INVALID_REQUEST, "a stream carries at most " + WATCHES_MAX + " watches");
    } else {
      watch.begin(request);
    }
    enqueue(watch);
  }

  private void cancel(long id) {
    @Nullable Watch watch = watches.get(id);
    // One that is not there was canceled by us meanwhile, and the client was told.
    if (watch != null) {
      watch.cancel(ErrorReason.ERROR_REASON_UNSPECIFIED, "canceled as asked");
      enqueue(watch);
    }
  }
}
