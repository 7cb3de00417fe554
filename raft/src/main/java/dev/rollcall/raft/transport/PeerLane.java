package dev.rollcall.raft.transport;

import dev.rollcall.raft.v1.DeliverSummary;
import dev.rollcall.raft.v1.Frame;
import dev.rollcall.raft.v1.Hello;
import dev.rollcall.raft.v1.RaftPeerGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One stream of messages to one peer over a connection of its own. Down → opening → open → down …,
 * for ever until closed, with a {@link Backoff} between; opened ahead of need, since an election is
 * no time to begin connecting. A message that finds the lane not open, or its buffer full, is
 * dropped.
 *
 * <p>The state belongs to the timer's thread; the open stream is published for the one thread that
 * sends.
 */
final class PeerLane {
  /** A lane that lived this long was well: the next attempt comes at once. */
  private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ManagedChannel channel;
  private final String peer;
  private final Frame hello;
  private final CallOptions options;
  private final ScheduledExecutorService timer;
  private final Backoff backoff;
  private final QuietLog log;
  private final Endings endings;

  private final LongAdder dropped = new LongAdder();
  private @Nullable Attempt attempt;
  private boolean isScheduled;
  private long openedAtNanos;
  private volatile boolean isClosed;
  private volatile @Nullable ClientCallStreamObserver<Frame> open;

  /** Told how open lanes end, on the timer's thread. */
  interface Endings {
    /** The connection was lost. */
    void lost();

    /** The peer says that this node was removed. */
    void turnedAway();
  }

  /**
   * What a lane is between.
   *
   * @param name of the peer, in log lines
   * @param options say how many bytes may wait in the stream
   */
  record Way(ManagedChannel channel, String name, Hello hello, CallOptions options) {}

  /** Opens nothing before {@link #start}. */
  PeerLane(
      Way way, Endings endings, ScheduledExecutorService timer, Backoff backoff, QuietLog log) {
    this.channel = way.channel;
    this.peer = way.name;
    this.hello = Frame.newBuilder().setHello(way.hello).build();
    // Waits for the connection instead of failing at once; this lane's timer urges it on.
    this.options = way.options.withWaitForReady();
    this.endings = endings;
    this.timer = timer;
    this.backoff = backoff;
    this.log = log;
  }

  void start() {
    timer.execute(this::maintain);
  }

  /** Sends or drops. One thread: raft, or snapshot for a lane of snapshots. */
  void send(Frame frame) {
    ClientCallStreamObserver<Frame> stream = open;
    if (stream == null || !stream.isReady()) {
      dropped.increment();
      return;
    }
    try {
      stream.onNext(frame);
    } catch (IllegalStateException e) {
      // Closed between the look and the send.
      dropped.increment();
    }
  }

  /** Messages dropped so far. Any thread. */
  long dropped() {
    return dropped.sum();
  }

  /** Any thread; for good. */
  void close() {
    isClosed = true;
    open = null;
    channel.shutdownNow();
  }

  private void maintain() {
    isScheduled = false;
    if (isClosed || open != null) {
      return;
    }
    channel.resetConnectBackoff();
    if (attempt == null) {
      Attempt next = new Attempt();
      attempt = next;
      next.begin();
    }
    schedule(backoff.nextNanos());
  }

  private void schedule(long nanos) {
    if (!isScheduled) {
      isScheduled = true;
      ScheduledFuture<?> unused = timer.schedule(this::maintain, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void opened(Attempt ready) {
    if (ready == attempt && open == null && !isClosed) {
      openedAtNanos = System.nanoTime();
      open = ready.stream;
    }
  }

  private void ended(Attempt over, Status status, @Nullable Metadata trailers) {
    if (over != attempt || isClosed) {
      return;
    }
    String finding =
        status.getCode() == Status.Code.FAILED_PRECONDITION ? "refuses this node" : "is lost";
    // Both lanes of a peer mostly end together, and one line is enough.
    log.warn(peer + finding, "%s %s: %s".formatted(peer, finding, status.getDescription()));
    if (open != null && System.nanoTime() - openedAtNanos >= WELL_NANOS) {
      backoff.reset();
    }
    boolean wasOpen = open != null;
    open = null;
    attempt = null;
    if (trailers != null && trailers.containsKey(PeerService.REMOVED)) {
      endings.turnedAway();
    } else if (wasOpen && isConnectionsEnd(status)) {
      endings.lost();
    }
    schedule(backoff.nextNanos());
  }

  /** A process that is gone, or that stops; not one that answers. */
  private static boolean isConnectionsEnd(Status status) {
    return status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.CANCELLED;
  }

  /** One stream, from its beginning to its end. */
  private final class Attempt implements ClientResponseObserver<Frame, DeliverSummary> {
    private @Nullable ClientCallStreamObserver<Frame> stream;

    private void begin() {
      ClientCalls.asyncClientStreamingCall(
              channel.newCall(RaftPeerGrpc.getDeliverMethod(), options), this)
          .onNext(hello);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Frame> stream) {
      this.stream = stream;
      stream.setOnReadyHandler(() -> run(() -> opened(this)));
    }

    @Override
    public void onNext(DeliverSummary summary) {}

    @Override
    public void onError(Throwable cause) {
      run(() -> ended(this, Status.fromThrowable(cause), Status.trailersFromThrowable(cause)));
    }

    @Override
    public void onCompleted() {
      run(() -> ended(this, Status.OK, null));
    }

    private void run(Runnable task) {
      if (!isClosed) {
        timer.execute(task);
      }
    }
  }
}
