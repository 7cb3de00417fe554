package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.Heartbeat;
import dev.rollcall.raft.core.Message.HeartbeatResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What must hold of a group whatever happens to it (Raft figure 3), checked as it happens. Sees
 * every node's Readys and disks and remembers across crashes; a log entry is checked once, when it
 * is handed out, and again when it commits.
 */
final class SafetyChecks {
  private record Ballot(NodeId node, long term) {}

  private final Map<NodeId, TestNode> nodes;
  private final Map<Long, NodeId> leaderByTerm = new HashMap<>();
  private final Map<Ballot, NodeId> votes = new HashMap<>();

  /** The last confirmation round that a leader began in a term. */
  private final Map<Ballot, Long> rounds = new HashMap<>();

  private final Map<EntryId, Entry> entries = new HashMap<>();
  private final Map<EntryId, EntryId> previous = new HashMap<>();
  private final Map<NodeId, Long> commitSeen = new HashMap<>();

  /** What is committed, the entry with index i at i - 1, and the term of who committed it first. */
  private final List<EntryId> committed = new ArrayList<>();

  private final List<Long> committedInTerm = new ArrayList<>();
  private long leadersSeen;
  private long changes;

  SafetyChecks(Map<NodeId, TestNode> nodes) {
    this.nodes = nodes;
  }

  /** Highest index that anybody knows to be committed. */
  long committed() {
    return committed.size();
  }

  long leadersSeen() {
    return leadersSeen;
  }

  /** How often the members changed. */
  long changes() {
    return changes;
  }

  /** The node forgot what it knew of commits. */
  void restarted(TestNode node) {
    commitSeen.remove(node.id());
  }

  /** A node has just said this. */
  void check(TestNode node, Ready ready) {
    ready.persist().ifPresent(write -> checkLog(node, write.entries()));
    for (Outbound outbound : ready.toSend()) {
      checkVote(node.id(), outbound);
      checkAcknowledgement(node, outbound.message());
      checkRound(node.id(), outbound);
    }
    checkLeader(node);
    checkCommit(node);
    checkInForce(node);
  }

  /** The last configuration in the log is in force, committed or not, and no other. */
  private static void checkInForce(TestNode node) {
    for (Entry entry : node.log().reversed()) {
      if (entry.kind() == EntryKind.CONFIGURATION) {
        var last = Configuration.decode(entry.payload());
        require(
            last.equals(node.core().configuration()),
            "%s in force, %s in the log",
            node.core().configuration(),
            last);
        return;
      }
    }
  }

  /** A node has just moved its commit index; a leader only ever to an entry of its own term. */
  void committed(TestNode node, long index) {
    if (node.core().role() == Role.LEADER) {
      checkCommit(node); // by the configuration of this very moment
      long term = node.idAt(index).orElseThrow().term();
      require(
          term == node.core().currentTerm(),
          "leader of term %d commits entry %d of term %d by counting",
          node.core().currentTerm(),
          index,
          term);
    }
  }

  /** A node has just applied these. */
  void checkApplied(List<Entry> range) {
    for (Entry entry : range) {
      require(
          entry.id().equals(committed.get((int) entry.index() - 1)),
          "state machine safety: %s applied, %s committed",
          entry.id(),
          committed.get((int) entry.index() - 1));
    }
  }

  /** What a follower says it has is on its disk, and so is the term in whose name it says so. */
  private static void checkAcknowledgement(TestNode node, Message message) {
    if (message instanceof AppendEntriesResponse answer && answer.success()) {
      require(
          answer.term() <= node.disk().hardState().currentTerm(),
          "%s acknowledges in term %d, which is not durable",
          node.id(),
          answer.term());
      require(
          answer.index() <= node.disk().lastIndex(),
          "%s acknowledges %d, which is not durable",
          node.id(),
          answer.index());
    }
  }

  /** An answer names no round that the leader has not begun in that very term. */
  private void checkRound(NodeId from, Outbound outbound) {
    if (outbound.message() instanceof Heartbeat heartbeat) {
      rounds.merge(new Ballot(from, heartbeat.term()), heartbeat.round(), Math::max);
    } else if (outbound.message() instanceof HeartbeatResponse answer) {
      long begun = rounds.getOrDefault(new Ballot(outbound.to(), answer.term()), 0L);
      require(
          answer.round() <= begun,
          "%s answers round %d in term %d, in which %s began %d",
          from,
          answer.round(),
          answer.term(),
          outbound.to(),
          begun);
    }
  }

  /** Log matching: equal ids, equal entries and equal everything before. */
  private void checkLog(TestNode node, List<Entry> written) {
    for (Entry entry : written) {
      EntryId id = entry.id();
      EntryId before = node.idAt(id.index() - 1).orElseThrow();
      Entry known = entries.putIfAbsent(id, entry);
      EntryId knownBefore = previous.putIfAbsent(id, before);
      require(known == null || known.equals(entry), "log matching: two entries %s", id);
      require(knownBefore == null || knownBefore.equals(before), "log matching: before %s", id);
      if (known == null && entry.kind() == EntryKind.CONFIGURATION) {
        checkChange(node, entry);
      }
    }
  }

  /** Quorums of neighbouring configurations overlap, and all but the last are committed. */
  private void checkChange(TestNode node, Entry entry) {
    Entry before = null;
    for (Entry each : node.log()) {
      if (each.kind() == EntryKind.CONFIGURATION && each.index() < entry.index()) {
        before = each;
      }
    }
    if (before == null) {
      return; // forgotten, so committed; or the first of all
    }
    changes++;
    require(
        before.index() <= committed.size()
            && committed.get((int) before.index() - 1).equals(before.id()),
        "%s changes the members before %s is committed",
        entry.id(),
        before.id());
    var one = Configuration.decode(before.payload());
    var other = Configuration.decode(entry.payload());
    require(overlap(one, other), "quorums apart: %s and %s", one, other);
    require(
        other.removed().containsAll(one.removed()), "removed ids forgotten: %s, %s", one, other);
  }

  /** Whether each quorum of one shares a node with each of the other. */
  static boolean overlap(Configuration one, Configuration other) {
    List<NodeId> all =
        Stream.concat(one.members().stream(), other.members().stream())
            .map(Member::id)
            .distinct()
            .toList();
    for (int set = 0; set < 1 << all.size(); set++) {
      int chosen = set;
      if (one.isQuorum(id -> (chosen >> all.indexOf(id) & 1) == 1)
          && other.isQuorum(id -> (chosen >> all.indexOf(id) & 1) == 0)) {
        return false;
      }
    }
    return true;
  }

  private void checkVote(NodeId from, Outbound outbound) {
    NodeId candidate;
    if (outbound.message() instanceof Message.RequestVoteResponse answer && answer.granted()) {
      candidate = outbound.to();
    } else if (outbound.message() instanceof Message.RequestVote) {
      candidate = from;
    } else {
      return;
    }
    long term = outbound.message().term();
    NodeId earlier = votes.putIfAbsent(new Ballot(from, term), candidate);
    require(earlier == null || earlier.equals(candidate), "%s voted twice in term %d", from, term);
    HardState durable = Objects.requireNonNull(nodes.get(from)).disk().hardState();
    require(
        durable.currentTerm() > term
            || (durable.currentTerm() == term && durable.votedFor().equals(Optional.of(candidate))),
        "%s told of a vote in term %d that is not durable: %s",
        from,
        term,
        durable);
  }

  /** Election safety and leader completeness. */
  private void checkLeader(TestNode node) {
    if (node.core().role() != Role.LEADER) {
      return;
    }
    long term = node.core().currentTerm();
    NodeId other = leaderByTerm.putIfAbsent(term, node.id());
    require(other == null || other.equals(node.id()), "election safety: term %d", term);
    if (other != null) {
      return;
    }
    leadersSeen++;
    int last = committed.size();
    while (last > 0 && committedInTerm.get(last - 1) >= term) {
      last--;
    }
    int expected = last;
    require(
        last <= node.lastIndex()
            && (last == 0
                || node.idAt(last).map(id -> id.equals(committed.get(expected - 1))).orElse(true)),
        "leader completeness: leader of term %d lacks %d",
        term,
        last);
  }

  /** Commits agree, and whoever is first has a quorum's disks behind it. */
  void checkCommit(TestNode node) {
    long commit = node.core().commitIndex();
    long seen = commitSeen.getOrDefault(node.id(), 0L);
    require(seen <= commit, "commit of %s went from %d to %d", node.id(), seen, commit);
    for (long index = seen + 1; index <= commit; index++) {
      Optional<EntryId> known = node.idAt(index);
      if (index <= committed.size()) {
        EntryId expected = committed.get((int) index - 1);
        require(
            known.map(expected::equals).orElse(true),
            "state machine safety: %s and %s committed",
            known,
            expected);
      } else {
        EntryId id = known.orElseThrow();
        require(
            node.core()
                .configuration()
                .isQuorum(member -> Objects.requireNonNull(nodes.get(member)).disk().has(id)),
            "%s committed without a quorum of disks",
            id);
        committed.add(id);
        committedInTerm.add(node.core().currentTerm());
      }
    }
    commitSeen.put(node.id(), commit);
  }

  private static void require(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new AssertionError(String.format(format, arguments));
    }
  }
}
