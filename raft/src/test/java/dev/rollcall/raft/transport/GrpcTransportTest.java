package dev.rollcall.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogIdentity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One sender and one receiver over loopback. Sends are repeated until one arrives: lanes may lose.
 */
@Timeout(60)
class GrpcTransportTest {
  private static final NodeId SENDER = new NodeId(0, 1);
  private static final NodeId RECEIVER = new NodeId(0, 2);
  private static final ClusterId CLUSTER = new ClusterId(1, 1);
  private static final HistoryId HISTORY = new HistoryId(2, 2);

  /** Heartbeats of these rounds must never arrive. */
  private static final long REFUSED_ROUNDS = 1_000;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LoopbackPeer peer = new LoopbackPeer();
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<SnapshotMessage> snapshots = new LinkedBlockingQueue<>();
  private final GrpcTransport transport = transport(identity(SENDER));
  private final Map<NodeId, String> heard = new ConcurrentHashMap<>();
  private final Set<NodeId> removed = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<String> noticed = new LinkedBlockingQueue<>();
  private final PeerEvents events =
      new PeerEvents() {
        @Override
        public void lost(NodeId peer) {
          noticed.add("lost " + peer);
        }

        @Override
        public void turnedAway(NodeId byPeer) {
          noticed.add("turned away by " + byPeer);
        }

        @Override
        public boolean isRemoved(NodeId peer) {
          return removed.contains(peer);
        }
      };

  @AfterEach
  void stop() {
    transport.close();
    peer.close();
    timer.shutdownNow();
  }

  @Test
  void deliversOnBothLanesWithTheSendersId() throws InterruptedException {
    open();
    connect(transport);
    assertThat(sendUntilReceived(heartbeat(1)).from).isEqualTo(SENDER);
    assertThat(sendUntilReceived(append(10)).message).isEqualTo(append(10));
  }

  @Test
  void keepsTheOrderOfALane() throws InterruptedException {
    open();
    connect(transport);
    sendUntilReceived(append(1));
    for (int i = 0; i < 500; i++) {
      transport.send(List.of(new Outbound(RECEIVER, appended(i))));
    }
    for (int i = 0; i < 500; i++) {
      Received next = next();
      while (next.message.equals(append(1))) {
        next = next();
      }
      assertThat(next.message).isEqualTo(appended(i));
    }
  }

  @Test
  void comesBackByItselfWhenThePeerDoes() throws InterruptedException {
    open();
    connect(transport);
    sendUntilReceived(heartbeat(1));
    peer.goDown();
    received.clear();
    transport.send(List.of(new Outbound(RECEIVER, heartbeat(2))));
    peer.comeBack();
    assertThat(sendUntilReceived(heartbeat(3)).message).isEqualTo(heartbeat(3));
  }

  @Test
  void dropsWhatIsForNobodyAndWhatTheLaneCannotHold() {
    transport.send(List.of(new Outbound(RECEIVER, heartbeat(1))));
    peer.close();
    connect(transport);
    transport.send(List.of(new Outbound(RECEIVER, heartbeat(1))));
    transport.send(List.of(new Outbound(RECEIVER, append(1))));
    assertThat(transport.droppedMessages(RECEIVER)).isEqualTo(2);
  }

  @Test
  void loseWhatComesBeforeTheNodeRunsAndDeliverFromThenOn() throws InterruptedException {
    connect(transport);
    for (int i = 0; i < 100; i++) {
      transport.send(List.of(new Outbound(RECEIVER, heartbeat(i))));
    }
    assertThat(received).isEmpty();
    open();
    sendUntilReceived(heartbeat(1));
  }

  @Test
  void refusesAnotherClusterHistoryOrAddressee() throws InterruptedException {
    open();
    LogIdentity otherCluster = new LogIdentity(new ClusterId(9, 9), HISTORY, SENDER, 0);
    LogIdentity otherHistory = new LogIdentity(CLUSTER, new HistoryId(9, 9), SENDER, 0);
    NodeId stranger = new NodeId(0, 3);
    try (GrpcTransport first = transport(otherCluster);
        GrpcTransport second = transport(otherHistory);
        GrpcTransport third = transport(identity(SENDER))) {
      connect(first);
      connect(second);
      third.setMembers(List.of(new Member(stranger, peer.address(), "c")));
      connect(transport);
      // What is refused never arrives, however long what is accepted takes.
      for (int i = 0; i < 20; i++) {
        first.send(List.of(new Outbound(RECEIVER, heartbeat(REFUSED_ROUNDS))));
        second.send(List.of(new Outbound(RECEIVER, heartbeat(REFUSED_ROUNDS + 1))));
        third.send(List.of(new Outbound(stranger, heartbeat(REFUSED_ROUNDS + 2))));
        sendUntilReceived(heartbeat(1));
      }
    }
  }

  @Test
  void followsAMemberToItsNewAddress() throws InterruptedException {
    open();
    transport.setMembers(List.of(new Member(RECEIVER, "127.0.0.1:1", "c")));
    transport.send(List.of(new Outbound(RECEIVER, heartbeat(1))));
    connect(transport);
    sendUntilReceived(heartbeat(2));
    transport.setMembers(List.of());
    assertThat(transport.droppedMessages(RECEIVER)).isZero();
  }

  @Test
  void sendsSnapshotsByALaneOfTheirOwn() throws InterruptedException {
    open();
    connect(transport);
    SnapshotMessage gone = new SnapshotMessage.SnapshotGone(7);
    SnapshotMessage arrived = null;
    while (arrived == null) {
      transport.send(RECEIVER, gone);
      arrived = snapshots.poll(10, TimeUnit.MILLISECONDS);
    }
    assertThat(arrived).isEqualTo(gone);
    transport.send(new NodeId(9, 9), gone);
  }

  @Test
  void aReceiverHearsWhereItsSenderIs() throws InterruptedException {
    open();
    connect(transport);
    sendUntilReceived(heartbeat(1));
    assertThat(heard).containsEntry(SENDER, "sender:1");
  }

  @Test
  void aPeerThatGoesDownIsNoticed() throws InterruptedException {
    transport.setEvents(events);
    open();
    connect(transport);
    sendUntilReceived(heartbeat(1));
    peer.goDown();
    assertThat(noticed.poll(30, TimeUnit.SECONDS)).isEqualTo("lost " + RECEIVER);
  }

  @Test
  void aMemberThatIsDroppedHereIsNotTakenForLost() throws InterruptedException {
    transport.setEvents(events);
    open();
    connect(transport);
    sendUntilReceived(heartbeat(1));
    transport.setMembers(List.of());
    connect(transport);
    sendUntilReceived(heartbeat(2));
    assertThat(noticed).isEmpty();
  }

  @Test
  void aRemovedSenderIsTurnedAwayAlsoOnALaneThatIsOpen() throws InterruptedException {
    transport.setEvents(events);
    open();
    connect(transport);
    sendUntilReceived(heartbeat(1));
    removed.add(SENDER);
    received.clear();
    transport.send(List.of(new Outbound(RECEIVER, heartbeat(2))));
    assertThat(noticed.poll(30, TimeUnit.SECONDS)).isEqualTo("turned away by " + RECEIVER);
    assertThat(received).isEmpty();
  }

  @Test
  void aSenderWhoIsNoMemberIsAnsweredWhereItSaysItIs() throws InterruptedException {
    open();
    transport.heard(RECEIVER, peer.address());
    assertThat(sendUntilReceived(heartbeat(1)).from).isEqualTo(SENDER);
  }

  private void open() {
    peer.service.open(
        identity(RECEIVER),
        (from, message) -> received.add(new Received(from, message)),
        (from, message) -> snapshots.add(message),
        events,
        (sender, address) -> heard.put(sender, address));
  }

  private void connect(GrpcTransport from) {
    from.setMembers(List.of(new Member(RECEIVER, peer.address(), "c"), member(SENDER)));
  }

  private static Member member(NodeId id) {
    return new Member(id, "nobody:1", "c");
  }

  /** Sends until it arrives; what was sent before may arrive again meanwhile. */
  private Received sendUntilReceived(Message message) throws InterruptedException {
    while (true) {
      transport.send(List.of(new Outbound(RECEIVER, message)));
      Received arrived = received.poll(10, TimeUnit.MILLISECONDS);
      if (arrived != null && arrived.message.equals(message)) {
        return arrived;
      }
      assertThat(arrived == null ? 0 : roundOf(arrived.message)).isLessThan(REFUSED_ROUNDS);
    }
  }

  private static long roundOf(Message message) {
    return message instanceof Message.Heartbeat heartbeat ? heartbeat.round() : 0;
  }

  private Received next() throws InterruptedException {
    Received arrived = received.poll(30, TimeUnit.SECONDS);
    assertThat(arrived).isNotNull();
    return arrived;
  }

  private GrpcTransport transport(LogIdentity self) {
    return new GrpcTransport(
        self,
        "sender:1",
        LoopbackPeer::channel,
        timer,
        RandomGeneratorFactory.of("L64X128MixRandom").create(1));
  }

  private static LogIdentity identity(NodeId id) {
    return new LogIdentity(CLUSTER, HISTORY, id, 0);
  }

  private static Message heartbeat(long round) {
    return new Message.Heartbeat(1, 0, round, Optional.empty());
  }

  private static Message appended(long index) {
    return new Message.AppendEntriesResponse(1, true, index, 0, 0);
  }

  private static Message append(int bytes) {
    Entry entry = new Entry(new EntryId(1, 1), EntryKind.COMMAND, 0, Payload.wrap(new byte[bytes]));
    return new Message.AppendEntries(1, EntryId.NONE, 0, List.of(entry));
  }

  private record Received(NodeId from, Message message) {}
}
