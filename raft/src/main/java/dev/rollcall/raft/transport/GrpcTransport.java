package dev.rollcall.raft.transport;

import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.Transport;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.v1.Frame;
import dev.rollcall.raft.v1.Hello;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.LoggerFactory;

/**
 * Sends to peers over gRPC. Three lanes a peer, each with a connection of its own: AppendEntries
 * and their answers, which may be large, go by the bulk lane; heartbeats, votes and reads by the
 * fast lane, so that no bulk ever stands before a heartbeat; snapshots by the third, where they
 * hold up nothing.
 *
 * <p>A node that is behind may be led by one that it does not know as a member yet, and must answer
 * it: so {@link #heard} keeps where the last {@value #STRANGERS_MAX} other senders are, and opens
 * lanes to them.
 *
 * <p>What waits to be sent is bounded: 16 MiB in a bulk lane (two full windows of appends), 64 KiB
 * in a fast lane (hundreds of heartbeats, of which all but the newest are worthless anyway), 4 MiB
 * in a snapshot lane (pieces are asked for one by one). What comes on top is dropped. Which member
 * a message came from the receiver knows from the lane's Hello, never from an address.
 */
public final class GrpcTransport implements Transport, AutoCloseable {
  private static final int BULK_BYTES_MAX = 16 << 20;
  private static final int FAST_BYTES_MAX = 64 << 10;
  private static final int SNAPSHOT_BYTES_MAX = 4 << 20;
  private static final int STRANGERS_MAX = 8;

  private final LogIdentity self;
  private final String address;
  private final Function<String, ManagedChannel> channels;
  private final ScheduledExecutorService timer;
  private final RandomGenerator random;
  private final QuietLog log =
      new QuietLog(LoggerFactory.getLogger(GrpcTransport.class), Clock.SYSTEM);

  private volatile Map<NodeId, Peer> peers = Map.of();
  private volatile PeerEvents events = PeerEvents.NONE;
  // Guarded by this, as are changes of peers.
  private final Map<NodeId, String> strangers = new LinkedHashMap<>();
  private List<Member> members = List.of();
  private boolean isClosed;

  /**
   * Begins with no member; see {@link #setMembers}.
   *
   * @param self who this node is, told to every peer
   * @param address where its peers reach it, told to every peer
   * @param channels opens a new connection to a peer address, with {@link PeerSettings#client}; not
   *     shared with anybody, since it is closed here
   * @param timer one thread, such as an event loop, that nothing blocks; outlives this transport
   * @param random draws the jitter of reconnects
   */
  public GrpcTransport(
      LogIdentity self,
      String address,
      Function<String, ManagedChannel> channels,
      ScheduledExecutorService timer,
      RandomGenerator random) {
    this.self = self;
    this.address = address;
    this.channels = channels;
    this.timer = timer;
    this.random = random;
  }

  /** From now on this is told what the lanes notice. */
  public void setEvents(PeerEvents events) {
    this.events = events;
  }

  /**
   * Connects to these members, this node left out, and drops the others. A member whose address
   * changed gets new connections. Any thread.
   */
  public synchronized void setMembers(List<Member> members) {
    this.members = List.copyOf(members);
    for (Member member : members) {
      strangers.remove(member.id());
    }
    reconnect();
  }

  /** A sender of this history says where its peers reach it. Any thread. */
  public synchronized void heard(NodeId sender, String peerAddress) {
    boolean isKnown =
        sender.equals(self.nodeId())
            || members.stream().anyMatch(member -> member.id().equals(sender))
            || peerAddress.equals(strangers.get(sender));
    if (isKnown) {
      return;
    }
    strangers.remove(sender);
    strangers.put(sender, peerAddress);
    if (strangers.size() > STRANGERS_MAX) {
      strangers.remove(strangers.keySet().iterator().next());
    }
    reconnect();
  }

  private void reconnect() {
    if (isClosed) {
      return;
    }
    var wanted = new ArrayList<>(members);
    strangers.forEach((id, where) -> wanted.add(new Member(id, where, "")));
    Map<NodeId, Peer> before = new HashMap<>(peers);
    Map<NodeId, Peer> after = new HashMap<>();
    for (Member member : wanted) {
      if (member.id().equals(self.nodeId())) {
        continue;
      }
      Peer peer = before.get(member.id());
      if (peer != null && peer.address.equals(member.peerAddress())) {
        before.remove(member.id());
      } else {
        peer = connect(member);
      }
      after.put(member.id(), peer);
    }
    peers = Map.copyOf(after);
    before.values().forEach(Peer::close);
  }

  @Override
  public void send(List<Outbound> messages) {
    Map<NodeId, Peer> now = peers;
    for (Outbound outbound : messages) {
      Peer peer = now.get(outbound.to());
      if (peer != null) {
        peer.send(self.groupId(), outbound.message());
      }
    }
  }

  @Override
  public void send(NodeId to, SnapshotMessage message) {
    Peer peer = peers.get(to);
    if (peer != null) {
      peer.send(self.groupId(), message);
    }
  }

  /** Where the peers of this node reach another, if that is known. Any thread. */
  public Optional<String> address(NodeId node) {
    Peer peer = peers.get(node);
    return peer == null ? Optional.empty() : Optional.of(peer.address);
  }

  /** Messages to this member that were dropped, on any lane, since it was connected to. */
  public long droppedMessages(NodeId member) {
    Peer peer = peers.get(member);
    return peer == null ? 0 : peer.dropped();
  }

  /** Drops all connections. Any thread; waits for nothing. */
  @Override
  public synchronized void close() {
    isClosed = true;
    peers.values().forEach(Peer::close);
    peers = Map.of();
  }

  private Peer connect(Member member) {
    Peer peer =
        new Peer(
            member.peerAddress(),
            lane(member, FAST_BYTES_MAX),
            lane(member, BULK_BYTES_MAX),
            lane(member, SNAPSHOT_BYTES_MAX));
    peer.lanes().forEach(PeerLane::start);
    return peer;
  }

  private PeerLane lane(Member member, int bytesMax) {
    Hello hello =
        Hello.newBuilder()
            .setClusterId(IntroductionCodec.wrap(self.clusterId().bytes()))
            .setHistoryId(IntroductionCodec.wrap(self.historyId().bytes()))
            .setFrom(IntroductionCodec.bytes(self.nodeId()))
            .setTo(IntroductionCodec.bytes(member.id()))
            .setFromAddress(address)
            .build();
    return new PeerLane(
        new PeerLane.Way(
            channels.apply(member.peerAddress()),
            "member " + member.id().brief() + " at " + member.peerAddress(),
            hello,
            // A stream is ready as long as it holds less: the one bound on what waits.
            CallOptions.DEFAULT.withOnReadyThreshold(bytesMax)),
        new Noticed(member.id()),
        timer,
        new Backoff(random),
        log);
  }

  private final class Noticed implements PeerLane.Endings {
    private final NodeId peer;

    Noticed(NodeId peer) {
      this.peer = peer;
    }

    @Override
    public void lost() {
      events.lost(peer);
    }

    @Override
    public void turnedAway() {
      events.turnedAway(peer);
    }
  }

  /** The lanes to a member. */
  private record Peer(String address, PeerLane fast, PeerLane bulk, PeerLane snapshot) {
    List<PeerLane> lanes() {
      return List.of(fast, bulk, snapshot);
    }

    long dropped() {
      return lanes().stream().mapToLong(PeerLane::dropped).sum();
    }

    void send(int groupId, Message message) {
      PeerLane lane = isBulk(message) ? bulk : fast;
      lane.send(Frame.newBuilder().setEnvelope(MessageCodec.encode(groupId, message)).build());
    }

    void send(int groupId, SnapshotMessage message) {
      snapshot.send(Frame.newBuilder().setSnapshot(SnapshotCodec.encode(groupId, message)).build());
    }

    void close() {
      lanes().forEach(PeerLane::close);
    }

    private static boolean isBulk(Message message) {
      return message instanceof Message.AppendEntries
          || message instanceof Message.AppendEntriesResponse;
    }
  }
}
