package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.Heartbeat;
import dev.rollcall.raft.core.Message.InstallSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A leader's view of its peers: what each has, what to send it next, and what a quorum has reached.
 * Empty while this node does not lead.
 *
 * <p>A confirmation round is one Heartbeat to every peer under a number that this leader uses once.
 * A quorum that answers a round (or a later one) shows that nobody of a higher term was elected
 * before the round began. Rounds are this leader's own numbers and not chosen by who reads, else a
 * late answer could confirm a newer read (etcd#20418).
 */
final class Replication {
  private final NodeId self;
  private final RaftConfig config;
  private final RaftLog log;
  private final Durability durability;
  private final ConfigurationHistory configurations;
  private final Outbox out;

  /** In order of id. */
  private final List<Progress> peers = new ArrayList<>();

  private long term;
  private long round;
  private long now;
  private int ticksToHeartbeat;
  private boolean roundDue;

  Replication(
      NodeId self,
      RaftConfig config,
      RaftLog log,
      Durability durability,
      ConfigurationHistory configurations,
      Outbox out) {
    this.self = self;
    this.config = config;
    this.log = log;
    this.durability = durability;
    this.configurations = configurations;
    this.out = out;
  }

  /**
   * This node has been elected: nothing is known of the peers but that they were asked just now.
   */
  void start(long leaderTerm) {
    term = leaderTerm;
    round = 0;
    roundDue = false;
    ticksToHeartbeat = config.timing().heartbeatTicks();
    addPeers(log.lastIndex() + 1);
  }

  private void addPeers(long nextIndex) {
    long bytesMax = (long) config.flow().appendsInFlightMax() * config.flow().appendBytesMax();
    for (Member member : configurations.current().members()) {
      if (!member.id().equals(self) && find(member.id()) == null) {
        var window = new AppendWindow(config.flow().appendsInFlightMax(), bytesMax);
        peers.add(new Progress(member.id(), nextIndex, now, window));
      }
    }
    peers.sort(Comparator.comparing(Progress::peer));
  }

  /**
   * The configuration that was just appended is in force. Nothing changes for peers that stay. Who
   * leaves counts no more, and is told so for a while.
   */
  void membersChanged() {
    addPeers(log.lastIndex());
    for (Progress peer : peers) {
      if (configurations.current().member(peer.peer()).isEmpty()) {
        peer.left(now);
      }
    }
  }

  /** This node does not lead any more. */
  void stop() {
    peers.clear();
  }

  /** One tick of a leader; a round becomes due with every heartbeat. */
  void tick() {
    now++;
    ticksToHeartbeat--;
    if (ticksToHeartbeat <= 0) {
      roundDue = true;
    }
    for (Progress peer : peers) {
      peer.tickClose(isClose(peer));
    }
    int patience = 2 * config.timing().electionTimeoutTicks();
    peers.removeIf(peer -> peer.isDismissed(configurations.currentIndex(), now, patience));
  }

  /** Whether a peer that can be heard has nearly everything that is committed on its disk. */
  private boolean isClose(Progress peer) {
    return peer.isReplicating()
        && now - peer.heardAt() <= 2L * config.timing().heartbeatTicks()
        && peer.matchIndex() + config.promotion().gapEntries() >= log.commitIndex();
  }

  /** Whether this peer is close now, and has been for so many ticks. */
  boolean isClose(NodeId id, int ticks) {
    Progress peer = find(id);
    return peer != null && isClose(peer) && peer.ticksClose() >= ticks;
  }

  /** The lowest index that a peer which is heard still needs; none are beyond the last index. */
  long neededFrom() {
    long needed = Long.MAX_VALUE;
    for (Progress peer : peers) {
      if (now - peer.heardAt() < config.timing().electionTimeoutTicks()) {
        needed = Math.min(needed, peer.neededFrom());
      }
    }
    return needed;
  }

  /** The log has forgotten its beginning. */
  void logForgot() {
    peers.forEach(this::checkReach);
  }

  private void checkReach(Progress peer) {
    long first = log.previous().index() + 1;
    if (peer.logBeginsAt(first)) {
      out.trace(new TraceEvent.OutOfReach(peer.peer(), first));
    }
  }

  boolean isRoundDue() {
    return roundDue;
  }

  /** Begins a confirmation round; returns its number. */
  long beginRound(Optional<StateDigest> agreed) {
    round++;
    roundDue = false;
    ticksToHeartbeat = config.timing().heartbeatTicks();
    for (Progress peer : peers) {
      long commit = peer.heartbeatCommit(log.commitIndex());
      out.send(peer.peer(), new Heartbeat(term, commit, round, agreed));
      if (peer.isFetchingSnapshot()) {
        out.send(peer.peer(), new InstallSnapshot(term, log.previous()));
      }
    }
    return round;
  }

  /** The highest round that a quorum has answered. */
  long confirmedRound() {
    return configurations.current().quorumValue(this::roundOf);
  }

  /** Whether a quorum was heard within an election timeout (thesis §6.2). */
  boolean hearsQuorum() {
    long quorumHeardAt = configurations.current().quorumValue(this::heardAtOf);
    return now - quorumHeardAt < config.timing().electionTimeoutTicks();
  }

  /** How far the durable log of each member equals this one, itself among them. */
  Map<NodeId, Long> matchIndexes() {
    Map<NodeId, Long> matches = new HashMap<>();
    for (Member member : configurations.current().members()) {
      matches.put(member.id(), matchOf(member.id()));
    }
    return matches;
  }

  /** The highest index that is durable on a quorum, this node's own disk counted like any other. */
  long quorumMatch() {
    return configurations.current().quorumValue(this::matchOf);
  }

  /** A peer answered a round of this term. */
  void heartbeatAnswered(NodeId from, long answeredRound) {
    Progress peer = find(from);
    if (peer == null) {
      return;
    }
    Invariant.check(answeredRound <= round, "answer to round %d of %d", answeredRound, round);
    peer.heard(now);
    peer.roundAnswered(answeredRound);
    if (peer.hasStalled(now, config.timing().heartbeatTicks())) {
      // An empty message tells a lost one (it is refused) from a slow disk (it is accepted late)
      // without sending any entry twice.
      send(peer, RaftLog.Slice.EMPTY);
    }
  }

  /** A peer answered an AppendEntries of this term; whether the quorum's match may have moved. */
  boolean appendAnswered(NodeId from, AppendEntriesResponse answer) {
    Progress peer = find(from);
    if (peer == null) {
      return false;
    }
    peer.heard(now);
    if (answer.success()) {
      Invariant.check(
          answer.index() <= log.lastIndex(),
          "a peer matches up to %d, last %d",
          answer.index(),
          log.lastIndex());
      boolean news = peer.accepted(answer.index(), now);
      checkReach(peer);
      return news;
    }
    if (peer.concerns(answer.previousIndex())) {
      // Both sides skip whole terms, else a follower far off is probed entry by entry.
      long bound = Math.min(answer.index(), answer.previousIndex() - 1);
      peer.refused(log.lastWithTermAtMost(answer.hintTerm(), bound));
      out.trace(new TraceEvent.Mismatched(from, answer.previousIndex(), peer.nextIndex()));
      checkReach(peer);
    }
    return false;
  }

  /** The configuration in force. */
  Configuration configuration() {
    return configurations.current();
  }

  /** Whether this is another member with a vote. */
  boolean isVotingPeer(NodeId id) {
    return find(id) != null && configurations.current().isVoter(id);
  }

  /** Of the other voters that are heard, the one whose disk has most of the log. */
  Optional<NodeId> mostCaughtUpVoter() {
    Progress best = null;
    for (Progress peer : peers) {
      boolean heard = now - peer.heardAt() < config.timing().electionTimeoutTicks();
      if (heard
          && isVotingPeer(peer.peer())
          && (best == null || peer.matchIndex() > best.matchIndex())) {
        best = peer;
      }
    }
    return Optional.ofNullable(best).map(Progress::peer);
  }

  /** Whether the peer's disk has all of the log. */
  boolean hasWholeLog(NodeId id) {
    Progress peer = find(id);
    return peer != null && peer.matchIndex() == log.lastIndex();
  }

  /** Whether {@link #sendAppends} has something to send. */
  boolean hasAppends() {
    for (Progress peer : peers) {
      if (hasEntriesFor(peer) || peer.owesCommit(log.commitIndex())) {
        return true;
      }
    }
    return false;
  }

  /** Sends each peer what it lacks, as far as its window allows. */
  void sendAppends() {
    for (Progress peer : peers) {
      peer.turn();
      while (hasEntriesFor(peer)) {
        long from = peer.nextIndex();
        send(peer, log.slice(from, log.lastIndex(), config.flow().appendBytesMax()));
      }
      if (peer.owesCommit(log.commitIndex())) {
        send(peer, RaftLog.Slice.EMPTY);
      }
    }
  }

  private boolean hasEntriesFor(Progress peer) {
    return peer.nextIndex() <= log.lastIndex() && peer.maySend();
  }

  private void send(Progress peer, RaftLog.Slice slice) {
    EntryId previous = log.idAt(peer.nextIndex() - 1);
    List<Entry> entries = slice.entries();
    Invariant.check(
        entries.isEmpty() || entries.getFirst().index() == previous.index() + 1,
        "entries sent do not follow %s",
        previous);
    out.send(peer.peer(), new AppendEntries(term, previous, log.commitIndex(), entries));
    peer.sent(slice, log.commitIndex(), now);
  }

  private long matchOf(NodeId id) {
    Progress peer = find(id);
    return peer != null ? peer.matchIndex() : ofSelf(id, durability.durableIndex());
  }

  private long roundOf(NodeId id) {
    Progress peer = find(id);
    return peer != null ? peer.roundAnswered() : ofSelf(id, round);
  }

  private long heardAtOf(NodeId id) {
    Progress peer = find(id);
    return peer != null ? peer.heardAt() : ofSelf(id, now);
  }

  private long ofSelf(NodeId id, long value) {
    Invariant.check(id.equals(self), "no progress is kept for member %s", id);
    return value;
  }

  private @Nullable Progress find(NodeId id) {
    for (Progress peer : peers) {
      if (peer.peer().equals(id)) {
        return peer;
      }
    }
    return null;
  }
}
