package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import java.util.List;

/**
 * What a follower does with its leader's entries (Raft figure 2, AppendEntries).
 *
 * <p>A message is judged by what it covers, {@code [previous, previous + entries]}, and by nothing
 * else: what the log has beyond that may come from an older leader, so it is neither acknowledged
 * nor committed; and it may be newer than a delayed message, so it is only replaced from a real
 * conflict on.
 */
final class Follower {
  private final RaftLog log;
  private final Durability durability;
  private final ConfigurationHistory configurations;
  private final Outbox out;

  Follower(RaftLog log, Durability durability, ConfigurationHistory configurations, Outbox out) {
    this.log = log;
    this.durability = durability;
    this.configurations = configurations;
    this.out = out;
  }

  /** Takes the entries of the leader of the current term. */
  void append(NodeId leader, AppendEntries message) {
    EntryId previous = message.previous();
    if (!log.contains(previous)) {
      refuse(leader, message.term(), previous);
      return;
    }
    List<Entry> entries = message.entries();
    Invariant.check(
        entries.isEmpty() || entries.getFirst().index() == previous.index() + 1,
        "entries received do not follow %s",
        previous);
    if (contradictsSnapshot(entries)) {
      return;
    }
    int known = countKnown(entries);
    if (known < entries.size()) {
      appendFrom(entries, known);
    }
    long matched = previous.index() + entries.size();
    var success = new AppendEntriesResponse(message.term(), true, matched, 0, previous.index());
    durability.holdForEntries(matched, new Outbound(leader, success));
    log.commitTo(Math.min(message.commitIndex(), matched));
  }

  /**
   * The leader's log begins behind {@code last}. A log that has that entry needs no snapshot (any
   * more): the leader hears of it once that is durable. It is asked rather than told when a
   * snapshot was installed, because only its own question says for sure what its log has.
   */
  void offered(NodeId leader, long term, EntryId last) {
    if (!log.contains(last)) {
      out.snapshot(new Ready.SnapshotOffer(leader, term, last));
      return;
    }
    var success = new AppendEntriesResponse(term, true, last.index(), 0, last.index());
    durability.holdForEntries(last.index(), new Outbound(leader, success));
  }

  /** Refuses a message that begins after {@code previous}, with how far the two logs may agree. */
  void refuse(NodeId leader, long term, EntryId previous) {
    long bound = Math.min(previous.index(), log.lastIndex());
    // What is forgotten is committed, so it matches.
    long mayMatch =
        Math.max(log.previous().index(), log.lastWithTermAtMost(previous.term(), bound));
    out.send(
        leader,
        new AppendEntriesResponse(term, false, mayMatch, log.term(mayMatch), previous.index()));
  }

  /**
   * Whether they have another entry than the last of the snapshot that this log stands on, which is
   * committed. Then whoever sent them was deposed by a leader that this node has not heard of yet.
   */
  private boolean contradictsSnapshot(List<Entry> entries) {
    EntryId last = log.previous();
    for (Entry entry : entries) {
      if (entry.index() >= last.index()) {
        return entry.index() == last.index() && entry.term() != last.term();
      }
    }
    return false;
  }

  /** How many of the entries, from the first on, the log already has. */
  private int countKnown(List<Entry> entries) {
    int known = 0;
    while (known < entries.size() && log.contains(entries.get(known).id())) {
      known++;
    }
    return known;
  }

  private void appendFrom(List<Entry> entries, int known) {
    long from = entries.get(known).index();
    if (from <= log.lastIndex()) {
      log.truncateFrom(from);
      configurations.truncatedFrom(from);
    }
    for (int i = known; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      log.append(entry);
      configurations.appended(entry);
    }
    durability.logChangedFrom(from);
  }
}
