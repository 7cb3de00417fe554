package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.Heartbeat;
import dev.rollcall.raft.core.Message.HeartbeatResponse;
import dev.rollcall.raft.core.Message.InstallSnapshot;
import dev.rollcall.raft.core.Message.PreVote;
import dev.rollcall.raft.core.Message.PreVoteResponse;
import dev.rollcall.raft.core.Message.ReadIndexRequest;
import dev.rollcall.raft.core.Message.ReadIndexResponse;
import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import dev.rollcall.raft.core.Message.TimeoutNow;
import dev.rollcall.raft.core.RaftEvent.Applied;
import dev.rollcall.raft.core.RaftEvent.ChangeMembers;
import dev.rollcall.raft.core.RaftEvent.Compactable;
import dev.rollcall.raft.core.RaftEvent.Digested;
import dev.rollcall.raft.core.RaftEvent.PeerLost;
import dev.rollcall.raft.core.RaftEvent.Persisted;
import dev.rollcall.raft.core.RaftEvent.Proposal;
import dev.rollcall.raft.core.RaftEvent.Propose;
import dev.rollcall.raft.core.RaftEvent.ReadIndex;
import dev.rollcall.raft.core.RaftEvent.Receive;
import dev.rollcall.raft.core.RaftEvent.SnapshotInstalled;
import dev.rollcall.raft.core.RaftEvent.Tick;
import dev.rollcall.raft.core.RaftEvent.TransferLeadership;
import dev.rollcall.raft.core.Ready.RefusalReason;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node of a Raft group, as a function of the events stepped into it. Step any number of events,
 * then take one {@link Ready} with what to do about all of them; the more events between two
 * Readys, the larger the batches that go to disk and to the peers.
 *
 * <p>This class only routes: each event to the part that knows about it, and each change of role
 * through one method ({@code follow}, {@code campaign}, {@code stand}, {@code lead}). The parts,
 * each with its own table or invariants: {@link TermState} (term, vote, role), {@link Election},
 * {@link RaftLog}, {@link Durability} (what is on disk, and what waits for it), {@link Follower},
 * {@link Leader} with {@link Replication} (its peers), {@link ReadIndexQueue} and {@link
 * ReadIndexRequests} (reads on a leader and on a follower), {@link ApplyWindow}, {@link
 * ConfigurationHistory}, {@link ElectionTimer}.
 *
 * <p>Not safe for threads: one owner, one call at a time. A broken invariant throws {@link
 * Invariant.Violation}; after that, or any other exception, the core must not be used again.
 */
public final class RaftCore {
  private final NodeId self;
  private final RaftConfig config;
  private final Outbox out;
  private final RaftLog log;
  private final Durability durability;
  private final ConfigurationHistory configurations;
  private final TermState state;
  private final ElectionTimer timer;
  private final Election election;
  private final Follower asFollower;
  private final Leader asLeader;
  private final Replication replication;
  private final Membership membership;
  private final Compaction compaction;
  private final ReadIndexRequests readRequests;
  private final ApplyWindow applying;
  private final StateDigests digests;

  /**
   * Starts a node as a follower of nobody; a voter that is a quorum by itself elects itself at
   * once. Entries above {@link Restored#lastApplied} up to {@link Restored#commitIndex} are handed
   * out by the first Readys, with or without a quorum.
   *
   * @param self this node's identity
   * @param config numbers of the protocol
   * @param restored what the log said when it was opened
   * @param log read side of the log, whole and durable up to its last index
   * @param random draws election timeouts and the start of the read nonces; seeded by the caller
   * @param trace hears of role changes, votes and commits, while they happen; must not call back
   * @throws Invariant.Violation when {@code restored} does not fit {@code log}
   */
  public RaftCore(
      NodeId self,
      RaftConfig config,
      Restored restored,
      LogReader log,
      RandomGenerator random,
      Consumer<TraceEvent> trace) {
    this.self = self;
    this.config = config;
    this.out = new Outbox(trace);
    this.log = new RaftLog(log, restored, out);
    this.durability =
        new Durability(
            this.log.lastIndex(), restored.commitIndex(), config.timing().commitRecordTicks());
    this.configurations = new ConfigurationHistory(restored.configurations());
    this.state = new TermState(self, restored.hardState(), durability, out);
    this.timer = new ElectionTimer(config.timing().electionTimeoutTicks(), random);
    this.election = new Election(state, this.log, configurations, durability, timer, out, self);
    this.asFollower = new Follower(this.log, durability, configurations, out);
    this.digests = new StateDigests(out);
    this.replication = new Replication(self, config, this.log, durability, configurations, out);
    this.membership =
        new Membership(
            config.promotion(), state, this.log, durability, configurations, replication, out);
    this.compaction =
        new Compaction(config.compaction(), this.log, durability, configurations, out);
    this.asLeader = new Leader(config, state, this.log, durability, replication, digests, out);
    this.readRequests =
        new ReadIndexRequests(out, config.timing().electionTimeoutTicks(), random.nextLong());
    this.applying =
        new ApplyWindow(
            this.log, durability, config.flow().applyBytesMax(), restored.lastApplied());
    if (this.log.last().term() > state.currentTerm()) {
      follow(this.log.last().term(), null, "its log is of a higher term");
    }
    if (configurations.current().isQuorum(self::equals)) {
      campaign(Campaign.ELECTION_TIMEOUT, "is a quorum by itself");
    }
  }

  /**
   * Takes in what happened. What is to be done about it is in the next {@link #ready}.
   *
   * @throws Invariant.Violation when the event cannot be, or would break a property of Raft
   */
  public void step(RaftEvent event) {
    out.trace(new TraceEvent.Stepped(event));
    switch (event) {
      case Tick() -> tick();
      case Receive(var from, var message) -> receive(from, message);
      case Propose(var proposals) -> propose(proposals);
      case ReadIndex(var readId) -> readIndex(readId);
      case Persisted(var sequence) -> persisted(sequence);
      case Applied(var index) -> applying.applied(index);
      case Digested(var digest) -> digested(digest);
      case PeerLost(var peer) -> peerLost(peer);
      case TransferLeadership(var to) -> transferLeadership(to);
      case ChangeMembers wish -> change(wish);
      case SnapshotInstalled(var start) -> installed(start);
      case Compactable(var index) -> compact(index);
    }
    if (state.isLeader() && digests.hasDiverged()) {
      asLeader.tellAgreed();
      follow(state.currentTerm(), null, "a majority has another state");
    }
    for (Outbound held : durability.takeFree()) {
      release(held);
    }
    if (state.isLeader()) {
      advanceMembership();
    }
  }

  /** Whether {@link #ready} is due; when not, it would be empty. */
  public boolean hasReady() {
    return !out.isEmpty()
        || durability.mustWrite()
        || applying.hasEntries()
        || readRequests.hasWaiting()
        || (state.isLeader() && asLeader.hasToSend());
  }

  /**
   * All that is to be done about the events stepped since the last call; empty when that is
   * nothing.
   */
  public Ready ready() {
    if (state.isLeader()) {
      asLeader.send();
    } else if (readRequests.hasWaiting()) {
      readRequests.ask(Objects.requireNonNull(state.leader()), state.currentTerm());
    }
    Optional<Ready.Persist> persist = durability.write(state.hardState(), log);
    Ready ready = out.take(persist, applying.take());
    log.evict(durability.durableIndex(), config.flow().cachedBytesMax());
    out.trace(new TraceEvent.HandedOut(ready));
    return ready;
  }

  /** What the node is now. */
  public Role role() {
    return state.role();
  }

  /** Latest term seen. */
  public long currentTerm() {
    return state.currentTerm();
  }

  /** Who leads the current term, if this node knows. */
  public Optional<NodeId> leader() {
    return Optional.ofNullable(state.leader());
  }

  /** Highest index known to be committed. */
  public long commitIndex() {
    return log.commitIndex();
  }

  /** Highest index in the log, durable or not. */
  public long lastIndex() {
    return log.lastIndex();
  }

  /** Highest index up to which the log, as it is now, is durable here. */
  public long durableIndex() {
    return durability.durableIndex();
  }

  /** The configuration in force. */
  public Configuration configuration() {
    return configurations.current();
  }

  /** Index of the entry that carries the configuration in force; committed or not. */
  public long configurationIndex() {
    return configurations.currentIndex();
  }

  /** On a leader, how far the durable log of each member equals its own; else empty. */
  public Map<NodeId, Long> matchIndexes() {
    return state.isLeader() ? asLeader.matchIndexes() : Map.of();
  }

  private void tick() {
    durability.tick(log.commitIndex());
    readRequests.tick();
    if (state.isLeader()) {
      if (!asLeader.tick()) {
        follow(state.currentTerm(), null, "no quorum heard for an election timeout");
      } else if (hasStalledDisk() && !configurations.current().isQuorum(self::equals)) {
        asLeader.abdicate();
        follow(state.currentTerm(), null, "its disk stands still");
      } else if (!asLeader.isHandingOver()) {
        membership.tick();
      }
      return;
    }
    timer.tick();
    if (timer.isOver()) {
      if (state.leader() != null && timer.lostLeader()) {
        campaign(Campaign.LOST_LEADER, "lost its connection to the leader");
      } else {
        campaign(Campaign.ELECTION_TIMEOUT, "no leader heard for an election timeout");
      }
    }
  }

  private void digested(StateDigest digest) {
    digests.digested(digest);
    if (state.isLeader()) {
      asLeader.digestReported(self, digest);
    }
  }

  private void peerLost(NodeId peer) {
    if (!state.isLeader() && peer.equals(state.leader())) {
      timer.leaderLost();
    }
  }

  private void transferLeadership(Optional<NodeId> to) {
    if (state.isLeader()) {
      asLeader.transfer(to);
    }
  }

  private void propose(List<Proposal> proposals) {
    if (state.isLeader()) {
      asLeader.propose(proposals);
      return;
    }
    for (Proposal proposal : proposals) {
      out.refused(proposal.ticket(), RefusalReason.NOT_LEADER);
    }
  }

  private void change(ChangeMembers wish) {
    if (state.isLeader() && !asLeader.isHandingOver()) {
      membership.change(wish);
    } else {
      out.refused(wish.ticket(), RefusalReason.NOT_LEADER);
    }
  }

  /** Ends changes as they commit, and its own leadership with the change that removed it. */
  private void advanceMembership() {
    membership.advance();
    if (membership.hasLeft()) {
      asLeader.send(); // the commit that the others wait for
      asLeader.abdicate();
      follow(state.currentTerm(), null, "is no voter any more");
    }
  }

  /** The state machine holds a snapshot; the log keeps what it has behind it, or begins anew. */
  private void installed(LogStart start) {
    EntryId previous = start.previous();
    if (previous.term() > state.currentTerm()) {
      follow(previous.term(), null, "holds a snapshot of a higher term");
    }
    if (previous.index() <= log.commitIndex() || log.contains(previous)) {
      log.commitTo(previous.index());
    } else {
      log.restartBehind(previous);
      configurations.restart(start.configuration());
      durability.logRestarted(start);
    }
    applying.installed(previous.index());
    digests.stateReplaced(previous.index());
  }

  private void compact(long index) {
    long neededFrom = state.isLeader() ? replication.neededFrom() : Long.MAX_VALUE;
    if (compaction.run(Math.min(index, applying.applied()), neededFrom) && state.isLeader()) {
      replication.logForgot();
    }
  }

  private void readIndex(long readId) {
    if (state.isLeader()) {
      asLeader.read(readId);
    } else if (state.leader() != null) {
      readRequests.add(readId);
    } else {
      out.failedRead(readId);
    }
  }

  private void persisted(long sequence) {
    durability.persisted(sequence);
    if (state.isLeader()) {
      asLeader.advanceCommit();
    }
  }

  private void receive(NodeId from, Message message) {
    if (message.term() < state.currentTerm()) {
      answerOldTerm(from, message);
      return;
    }
    if (message.term() > state.currentTerm() && !enterTermOf(from, message)) {
      return;
    }
    switch (message) {
      case PreVote question -> election.answer(from, question);
      case PreVoteResponse answer -> preVoteAnswered(from, answer);
      case RequestVote question -> election.answer(from, question);
      case RequestVoteResponse answer -> voteAnswered(from, answer.granted());
      case AppendEntries append -> {
        hearLeader(from, append.term());
        asFollower.append(from, append);
      }
      case AppendEntriesResponse answer -> {
        if (state.isLeader()) {
          asLeader.appendAnswered(from, answer);
        }
      }
      case Heartbeat heartbeat -> {
        hearLeader(from, heartbeat.term());
        log.commitTo(heartbeat.commitIndex());
        heartbeat.agreed().ifPresent(digests::agreedOn);
        out.send(
            from, new HeartbeatResponse(heartbeat.term(), heartbeat.round(), digests.latest()));
      }
      case HeartbeatResponse answer -> {
        if (state.isLeader()) {
          asLeader.heartbeatAnswered(from, answer);
        }
      }
      case ReadIndexRequest request -> {
        if (state.isLeader()) {
          asLeader.read(from, request.nonce());
        } else {
          out.send(from, new ReadIndexResponse(state.currentTerm(), request.nonce(), 0));
        }
      }
      case ReadIndexResponse answer -> readRequests.answered(answer);
      case InstallSnapshot offer -> {
        hearLeader(from, offer.term());
        asFollower.offered(from, offer.term(), offer.last());
      }
      case TimeoutNow order -> {
        hearLeader(from, order.term());
        takeOver();
      }
    }
  }

  /**
   * Tells whoever is behind which term it is, so that no deposed leader stays one in its own eyes.
   */
  private void answerOldTerm(NodeId from, Message message) {
    long term = state.currentTerm();
    switch (message) {
      case PreVote question -> election.answer(from, question);
      case RequestVote question -> out.send(from, new RequestVoteResponse(term, false));
      case AppendEntries append -> asFollower.refuse(from, term, append.previous());
      // Round 0 confirms nothing. The asker may lead this very term by the time it hears the
      // answer,
      // and a number of its old term may be one that it has yet to use.
      case Heartbeat heartbeat -> out.send(from, new HeartbeatResponse(term, 0, Optional.empty()));
      case ReadIndexRequest request ->
          out.send(from, new ReadIndexResponse(term, request.nonce(), 0));
      case InstallSnapshot late -> {}
      case PreVoteResponse late -> {}
      case RequestVoteResponse late -> {}
      case AppendEntriesResponse late -> {}
      case HeartbeatResponse late -> {}
      case ReadIndexResponse late -> {}
      case TimeoutNow late -> {}
    }
  }

  /** Enters the higher term of a message if that is what it asks for; whether to go on with it. */
  private boolean enterTermOf(NodeId from, Message message) {
    switch (message) {
      case PreVote question -> {} // in the name of a term that does not exist yet
      case PreVoteResponse answer when answer.granted() -> {} // the same
      case RequestVote question
          when election.isRemoved(from) || election.refuses(question.campaign()) -> {
        election.ignore(from, question);
        return false;
      }
      case AppendEntries append -> hearLeader(from, append.term());
      case Heartbeat heartbeat -> hearLeader(from, heartbeat.term());
      case TimeoutNow order -> hearLeader(from, order.term());
      case InstallSnapshot offer -> hearLeader(from, offer.term());
      default -> follow(message.term(), null, "heard of a higher term");
    }
    return true;
  }

  private void hearLeader(NodeId from, long term) {
    boolean known = term == state.currentTerm() && from.equals(state.leader());
    if (!known || state.role() != Role.FOLLOWER) {
      follow(term, from, "heard the leader");
    }
    timer.leaderHeard();
  }

  private void preVoteAnswered(NodeId voter, PreVoteResponse answer) {
    boolean late = answer.granted() && answer.term() != state.currentTerm() + 1;
    if (state.role() != Role.PRE_CANDIDATE || late) {
      return;
    }
    election.record(voter, answer.granted());
    if (election.isWon()) {
      stand("a quorum would vote for it");
    } else if (election.isLost()) {
      follow(state.currentTerm(), null, "no quorum would vote for it");
    }
  }

  private void voteAnswered(NodeId voter, boolean granted) {
    if (state.role() != Role.CANDIDATE) {
      return;
    }
    election.record(voter, granted);
    if (election.isWon()) {
      lead();
    } else if (election.isLost()) {
      follow(state.currentTerm(), null, "no quorum voted for it");
    }
  }

  /** Lets a message go that waited for the disk. A vote for oneself travels the same road. */
  private void release(Outbound held) {
    if (held.to().equals(self)) {
      voteAnswered(self, true);
      return;
    }
    boolean withdrawn = held.message() instanceof RequestVote && state.role() != Role.CANDIDATE;
    if (!withdrawn) {
      out.send(held.to(), held.message());
    }
    if (held.message() instanceof RequestVoteResponse) {
      // The candidate hears of it only now: a slow disk must not make us its rival (RATIS-980).
      timer.reset();
    }
  }

  private void follow(long term, @Nullable NodeId newLeader, String reason) {
    boolean led = state.isLeader();
    boolean sameLeader = term == state.currentTerm() && Objects.equals(newLeader, state.leader());
    state.follow(term, newLeader, reason);
    if (led) {
      asLeader.stop();
      timer.reset();
    }
    if (!sameLeader) {
      readRequests.fail();
    }
  }

  private void campaign(Campaign why, String reason) {
    timer.reset();
    if (!mayCampaign()) {
      follow(state.currentTerm(), null, reason);
      return;
    }
    readRequests.fail();
    state.becomePreCandidate(reason);
    election.askForPreVotes(why);
    if (election.isWon()) {
      stand("a quorum would vote for it");
    }
  }

  /** The leader hands over to this node: no pre-votes, it has made sure of them. */
  private void takeOver() {
    if (mayCampaign()) {
      readRequests.fail();
      election.sentByLeader();
      stand("the leader hands over to it");
    }
  }

  /** With a vote, on a disk that can keep it, and with a state that nobody proved wrong. */
  private boolean mayCampaign() {
    return configurations.mayStand(self, log.commitIndex())
        && !hasStalledDisk()
        && !digests.hasDiverged();
  }

  private boolean hasStalledDisk() {
    return durability.isStalled(config.timing().diskStallTicks());
  }

  private void stand(String reason) {
    timer.reset();
    state.becomeCandidate(reason);
    election.askForVotes();
  }

  private void lead() {
    state.becomeLeader(log.lastIndex() + 1);
    asLeader.start();
    digests.latest().ifPresent(digest -> asLeader.digestReported(self, digest));
  }
}
