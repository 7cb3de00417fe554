package dev.rollcall.client.watch;

import dev.rollcall.client.RegistryException.WrongCluster;
import dev.rollcall.client.changes.ChangeQuery;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.EventLoop.Timer;
import dev.rollcall.client.transport.Lane;
import dev.rollcall.client.transport.Node;
import dev.rollcall.client.transport.NodeStream;
import dev.rollcall.client.transport.Nodes;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.AckRevision;
import dev.rollcall.v1.CancelWatch;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All watches of a client, over one stream to one node. When the stream breaks, the node falls
 * silent, or it does not hear its leader for a few seconds, all watches move to another node, each
 * from where it stands.
 */
public final class Watches {
  private static final Duration RECONNECT_MIN = Duration.ofMillis(50);
  private static final Duration RECONNECT_MAX = Duration.ofSeconds(2);
  private static final Duration RESTART_MAX = Duration.ofSeconds(30);

  /** A stream that held so long ends a series of failures. */
  private static final Duration STABLE = Duration.ofSeconds(10);

  /** How long a node may keep us waiting for the next part of what was asked. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long to bear a node without its leader: longer than an election, which makes all stale. */
  private static final Duration STALE_MIN = Duration.ofSeconds(4);

  private static final Duration STALE_MAX = Duration.ofSeconds(30);

  private static final Duration ACK_DELAY = Duration.ofMillis(250);

  private final EventLoop loop;
  private final Nodes nodes;
  private final int inFlightMax;
  private final Backoff reconnects;
  private final Backoff staleMoves;
  private final Set<Watch> watches = new LinkedHashSet<>();
  private final Map<Long, Watch> byId = new HashMap<>();
  private @Nullable NodeStream<WatchRequest, WatchResponse> stream;
  private long lastWatchId;
  private long connectedAtNanos;
  private long staleAtNanos;
  private long acknowledged;
  private long applied;
  private long appliedAtNanos;

  /** Messages handled for which no further one was asked, because a listener is behind. */
  private int owed;

  private boolean waitsToReconnect;
  private Timer overdueTimer = Timer.NONE;
  private @Nullable Timer staleTimer;
  private @Nullable Timer ackTimer;

  /** Watches nothing yet; messages are handled as they come. */
  public Watches(EventLoop loop, Nodes nodes) {
    this(loop, nodes, NodeStream.IN_FLIGHT_MAX);
  }

  /**
   * Watches nothing yet.
   *
   * @param inFlightMax how many messages may be on their way from the node
   */
  public Watches(EventLoop loop, Nodes nodes, int inFlightMax) {
    this.loop = loop;
    this.nodes = nodes;
    this.inFlightMax = inFlightMax;
    this.reconnects = Backoff.atOnceFirst(loop, RECONNECT_MIN, RECONNECT_MAX);
    this.staleMoves = Backoff.waiting(loop, STALE_MIN, STALE_MAX);
  }

  /**
   * Starts to watch a service, or those of its instances that fit a filter (empty: all); the
   * listener hears of it until the watch is ended.
   *
   * @return what ends the watch, on the loop
   */
  public Runnable watch(String namespace, String service, String filter, WatchListener listener) {
    var parts = new ServiceParts(namespace, service, filter, listener);
    return add(new StateWatch(parts, listener, restarts()));
  }

  /**
   * Starts to watch a key, or all that begin so; the listener hears of them until the watch is
   * ended.
   *
   * @return what ends the watch, on the loop
   */
  public Runnable watchKeys(String namespace, String key, boolean isPrefix, KeyListener listener) {
    var parts = new KeyParts(namespace, key, isPrefix, listener);
    return add(new StateWatch(parts, listener, restarts()));
  }

  /**
   * Starts to watch changes; the listener hears of them until the watch is ended, or says that it
   * is over.
   *
   * @return what ends the watch, on the loop
   */
  public Runnable watchChanges(String namespace, ChangeQuery query, ChangesListener listener) {
    CreateWatch template =
        ChangeCodec.encode(query, namespace)
            .setHistoryId(WireCodec.bytes(query.historyId()))
            .build();
    return add(new ChangesWatch(template, listener, restarts()));
  }

  private Backoff restarts() {
    return Backoff.atOnceFirst(loop, RECONNECT_MIN, RESTART_MAX);
  }

  private Runnable add(Watch watch) {
    watches.add(watch);
    if (stream != null) {
      create(watch);
    } else if (!waitsToReconnect) {
      connect();
    }
    return () -> end(watch);
  }

  private void end(Watch watch) {
    if (!watches.remove(watch)) {
      return;
    }
    if (watches.isEmpty()) {
      hangUp("not watched any more");
    } else if (byId.remove(watch.watchId(), watch)) {
      sendCancel(watch.watchId());
    }
  }

  private void connect() {
    waitsToReconnect = false;
    if (watches.isEmpty() || stream != null) {
      return;
    }
    Optional<Node> node = nodes.choose(Lane.WATCH);
    if (node.isEmpty() && nodes.whenLookedUp(this::connect)) {
      waitsToReconnect = true;
      return;
    }
    if (node.isEmpty()) {
      String cause = String.valueOf(nodes.noneLeft().getMessage());
      watches.forEach(watch -> watch.disconnected(cause));
      reconnectLater(RECONNECT_MAX);
      return;
    }
    connectedAtNanos = loop.nanoTime();
    acknowledged = 0;
    applied = 0;
    owed = 0;
    stream =
        NodeStream.openPaced(
            nodes,
            Lane.WATCH,
            node.get(),
            DiscoveryGrpc.getWatchMethod(),
            new NodeStream.Listener<>() {
              @Override
              public void message(WatchResponse message) {
                received(message);
              }

              @Override
              public void closed(String cause) {
                leaveNode(cause);
              }
            });
    stream.request(inFlightMax);
    Set.copyOf(watches).forEach(this::create);
  }

  private void create(Watch watch) {
    long id = ++lastWatchId;
    byId.put(id, watch);
    send(WatchRequest.newBuilder().setCreate(watch.create(id, loop.nanoTime())).build());
    lookForOverdue();
  }

  private void received(WatchResponse response) {
    NodeStream<?, ?> from = stream;
    for (long id : response.getWatchIdsList()) {
      if (stream == from) {
        received(byId.get(id), response);
      }
    }
    if (stream == from) {
      owed++;
      takeMore();
    }
  }

  /** A listener that hears later than on the loop has heard something. On the loop. */
  public void heard() {
    watches.forEach(watch -> acknowledgeLater(watch.appliedRevision()));
    takeMore();
  }

  /** Asks for further messages, unless a listener has enough to do. */
  private void takeMore() {
    if (stream != null && owed > 0 && watches.stream().noneMatch(Watch::isFull)) {
      stream.request(owed);
      owed = 0;
    }
  }

  private void received(@Nullable Watch watch, WatchResponse response) {
    if (watch == null || (response.hasCreated() && isOfAnotherCluster(response))) {
      return;
    }
    switch (watch.receive(response, loop.nanoTime())) {
      case GO_ON -> acknowledgeLater(watch.appliedRevision());
      case CANCEL -> {
        sendCancel(watch.watchId());
        lookForOverdue();
      }
      case CREATE -> {
        byId.remove(watch.watchId());
        createLater(watch);
      }
      case LEAVE_NODE -> leaveNode(watch.trouble());
      case END -> {
        byId.remove(watch.watchId());
        end(watch);
      }
    }
    if (response.hasFreshness() || response.hasCreated()) {
      lookForStale();
    }
  }

  private boolean isOfAnotherCluster(WatchResponse response) {
    NodeStream<?, ?> from = stream;
    if (from == null) {
      return false;
    }
    Optional<WrongCluster> wrong =
        nodes.pin().check(response.getCreated().getHeader(), from.node().address());
    if (wrong.isPresent()) {
      nodes.wrongCluster(from.node(), wrong.get());
      leaveNode(String.valueOf(wrong.get().getMessage()));
    } else {
      nodes.succeeded(from.node());
    }
    return wrong.isPresent();
  }

  private void createLater(Watch watch) {
    NodeStream<?, ?> current = stream;
    loop.schedule(
        watch.restartDelay(),
        () -> {
          // A stream made meanwhile has created all watches itself.
          if (stream == current && watches.contains(watch)) {
            create(watch);
          }
        });
  }

  /** Leaves a node that stopped answering in the middle of something. */
  private void lookForOverdue() {
    overdueTimer.cancel();
    overdueTimer =
        loop.schedule(
            PATIENCE,
            () -> {
              long now = loop.nanoTime();
              boolean isAnyUnready = false;
              for (Watch watch : watches) {
                if (watch.isOverdue(now, PATIENCE.toNanos() / 2)) {
                  leaveSilentNode();
                  return;
                }
                isAnyUnready |= !watch.isFollowing();
              }
              if (isAnyUnready) {
                lookForOverdue();
              }
            });
  }

  private void leaveSilentNode() {
    NodeStream<?, ?> silent = stream;
    if (silent != null) {
      nodes.disconnect(Lane.WATCH, silent.node());
      leaveNode(silent.node() + " fell silent");
    }
  }

  /** Leaves a node that does not hear its leader, if it stays so: another one may. */
  private void lookForStale() {
    boolean isStale = watches.stream().anyMatch(Watch::isNodeStale);
    if (isStale == (staleTimer != null)) {
      return;
    }
    staleTimer = canceled(staleTimer);
    if (!isStale) {
      return;
    }
    long now = loop.nanoTime();
    if (now - staleAtNanos > 2 * STALE_MAX.toNanos()) {
      staleMoves.reset();
    }
    staleAtNanos = now;
    staleTimer =
        loop.schedule(
            staleMoves.next(),
            () -> {
              staleTimer = null;
              if (nodes.usableCount() > 1) {
                leaveNode("the node does not hear its leader");
              } else {
                lookForStale();
              }
            });
  }

  private void acknowledgeLater(long revision) {
    if (revision > applied) {
      applied = revision;
      appliedAtNanos = loop.nanoTime();
    }
    if (applied > acknowledged && ackTimer == null) {
      ackTimer = loop.schedule(ACK_DELAY, this::acknowledge);
    }
  }

  private void acknowledge() {
    ackTimer = null;
    acknowledged = applied;
    AckRevision ack =
        AckRevision.newBuilder()
            .setRevision(applied)
            .setAppliedMicrosAgo((loop.nanoTime() - appliedAtNanos) / 1_000)
            .build();
    send(WatchRequest.newBuilder().setAck(ack).build());
  }

  private void leaveNode(String cause) {
    NodeStream<?, ?> left = stream;
    if (left != null) {
      nodes.failed(Lane.WATCH, left.node());
    }
    if (loop.nanoTime() - connectedAtNanos > STABLE.toNanos()) {
      reconnects.reset();
    }
    hangUp(cause);
    if (!watches.isEmpty()) {
      reconnectLater(reconnects.next());
    }
  }

  private void reconnectLater(Duration delay) {
    waitsToReconnect = true;
    loop.schedule(delay, this::connect);
  }

  private void hangUp(String cause) {
    overdueTimer.cancel();
    staleTimer = canceled(staleTimer);
    ackTimer = canceled(ackTimer);
    byId.clear();
    if (stream != null) {
      stream.cancel();
      stream = null;
    }
    watches.forEach(watch -> watch.disconnected(cause));
  }

  private static @Nullable Timer canceled(@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
    return null;
  }

  private void sendCancel(long watchId) {
    send(WatchRequest.newBuilder().setCancel(CancelWatch.newBuilder().setWatchId(watchId)).build());
  }

  private void send(WatchRequest request) {
    if (stream != null) {
      stream.send(request);
    }
  }

  /** Ends all watches. */
  public void close() {
    watches.clear();
    hangUp("the client was closed");
  }
}
