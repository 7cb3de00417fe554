package dev.rollcall.raft.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import dev.rollcall.raft.core.TraceEvent.Committed;
import dev.rollcall.raft.core.TraceEvent.Compacted;
import dev.rollcall.raft.core.TraceEvent.HandedOut;
import dev.rollcall.raft.core.TraceEvent.HandsOver;
import dev.rollcall.raft.core.TraceEvent.KeptLeading;
import dev.rollcall.raft.core.TraceEvent.Mismatched;
import dev.rollcall.raft.core.TraceEvent.OutOfReach;
import dev.rollcall.raft.core.TraceEvent.Restarted;
import dev.rollcall.raft.core.TraceEvent.RoleChanged;
import dev.rollcall.raft.core.TraceEvent.Stepped;
import dev.rollcall.raft.core.TraceEvent.Truncated;
import dev.rollcall.raft.core.TraceEvent.Voted;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in a sentence what happened, for readers of the golden files. Entries are term/index. */
final class Narrator {
  private Narrator() {}

  /** Empty for what is told better elsewhere. */
  static String tell(TraceEvent event) {
    return switch (event) {
      case RoleChanged(var role, var term, var leader, var reason) ->
          "is %s in term %d%s: %s".formatted(tell(role), term, tell(role, leader), reason);
      case Voted(var candidate, var term, var preVote, var granted, var reason) -> {
        String kind = preVote ? "pre-vote" : "vote";
        yield granted
            ? "gives %d its %s for term %d".formatted(candidate.low(), kind, term)
            : "refuses %d its %s for term %d: %s".formatted(candidate.low(), kind, term, reason);
      }
      case HandsOver(var to) -> "hands over to " + to.low();
      case KeptLeading(var parked) -> "goes on leading, with %d parked".formatted(parked);
      case Committed(var index) -> "commits up to " + index;
      case Truncated(var from, var last) ->
          "drops entries %d to %d: the leader has others".formatted(from, last);
      case Mismatched(var follower, var previous, var next) ->
          "hears that %d lacks its entry %d; goes on from %d"
              .formatted(follower.low(), previous, next);
      case Compacted(var first) -> "forgets its entries before " + first;
      case Restarted(var previous) -> "begins its log anew behind " + tell(previous);
      case OutOfReach(var follower, var first) ->
          "has no entries before %d any more: %d is to fetch a snapshot"
              .formatted(first, follower.low());
      case Stepped stepped -> "";
      case HandedOut handedOut -> "";
    };
  }

  static String tell(Message message) {
    return switch (message) {
      case PreVote(var term, var last, var campaign) ->
          "PreVote term=%d last=%s%s".formatted(term, tell(last), tell(campaign));
      case PreVoteResponse(var term, var granted) ->
          "PreVoteResponse term=%d %s".formatted(term, granted ? "granted" : "refused");
      case RequestVote(var term, var last, var campaign) ->
          "RequestVote term=%d last=%s%s".formatted(term, tell(last), tell(campaign));
      case RequestVoteResponse(var term, var granted) ->
          "RequestVoteResponse term=%d %s".formatted(term, granted ? "granted" : "refused");
      case AppendEntries(var term, var previous, var commit, var entries) ->
          "AppendEntries term=%d previous=%s commit=%d entries=%s"
              .formatted(term, tell(previous), commit, tell(entries));
      case AppendEntriesResponse(var term, var success, var index, var hint, var previous) ->
          success
              ? "AppendEntriesResponse term=%d has everything up to %d".formatted(term, index)
              : "AppendEntriesResponse term=%d refused after %d; may match up to %d/%d"
                  .formatted(term, previous, hint, index);
      case Heartbeat(var term, var commit, var round, var agreed) ->
          "Heartbeat term=%d commit=%d round=%d%s"
              .formatted(term, commit, round, tell(" agreed=", agreed));
      case HeartbeatResponse(var term, var round, var digest) ->
          "HeartbeatResponse term=%d round=%d%s".formatted(term, round, tell(" digest=", digest));
      case TimeoutNow(var term) -> "TimeoutNow term=%d".formatted(term);
      case InstallSnapshot(var term, var last) ->
          "InstallSnapshot term=%d last=%s".formatted(term, tell(last));
      case ReadIndexRequest(var term, var nonce) ->
          "ReadIndexRequest term=%d nonce=%d".formatted(term, nonce);
      case ReadIndexResponse(var term, var nonce, var index) ->
          "ReadIndexResponse term=%d nonce=%d index=%d".formatted(term, nonce, index);
    };
  }

  /** Entries as a list of term/index and what they hold. */
  static String tell(List<Entry> entries) {
    return entries.stream().map(Narrator::tell).collect(Collectors.joining(", ", "[", "]"));
  }

  static String tell(Entry entry) {
    String content =
        switch (entry.kind()) {
          case NOOP -> "no-op";
          case CONFIGURATION ->
              entry.index() == 1
                  ? "members"
                  : "members " + tell(Configuration.decode(entry.payload()));
          case COMMAND -> text(entry.payload());
          case VERIFY -> "verify";
        };
    return tell(entry.id()) + " " + content;
  }

  /** Voters; both halves while joint; learners; whom they replace. */
  static String tell(Configuration configuration) {
    var told = new StringBuilder(numbers(configuration.voters()));
    if (configuration.isJoint()) {
      told.append(" leaving ").append(numbers(configuration.outgoing()));
    }
    if (!configuration.learners().isEmpty()) {
      told.append(" learners ").append(numbers(configuration.learners()));
    }
    for (Configuration.Replacement each : configuration.replacements()) {
      told.append(" (%d for %d)".formatted(each.learner().low(), each.old().low()));
    }
    return told.toString();
  }

  private static String numbers(List<Member> members) {
    return members.stream()
        .map(member -> Long.toString(member.id().low()))
        .collect(Collectors.joining("+"));
  }

  static String tell(EntryId id) {
    return id.term() + "/" + id.index();
  }

  static String tell(Role role) {
    return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String text(Payload payload) {
    return new String(payload.bytes(), US_ASCII);
  }

  static String tell(StateDigest digest) {
    String content = digest.digest().equals(Payload.EMPTY) ? "nothing" : text(digest.digest());
    return content + "@" + digest.index();
  }

  private static String tell(String label, Optional<StateDigest> digest) {
    return digest.map(known -> label + tell(known)).orElse("");
  }

  /** Nothing of the common kind. */
  private static String tell(Campaign campaign) {
    return switch (campaign) {
      case ELECTION_TIMEOUT -> "";
      case LOST_LEADER -> " lost-leader";
      case TRANSFER -> " transfer";
    };
  }

  private static String tell(Role role, Optional<NodeId> leader) {
    return role == Role.FOLLOWER ? leader.map(id -> " of " + id.low()).orElse(" of nobody") : "";
  }
}
