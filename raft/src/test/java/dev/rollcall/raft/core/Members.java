package dev.rollcall.raft.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Members with small numbers for names, and entries. */
final class Members {
  private Members() {}

  static NodeId id(long number) {
    return new NodeId(0, number);
  }

  static Member member(long number) {
    return new Member(id(number), "peer-" + number + ":7401", "client-" + number + ":7400");
  }

  /** A command that says where it belongs. */
  static Entry entry(long term, long index) {
    byte[] bytes = (term + "/" + index).getBytes(US_ASCII);
    return new Entry(new EntryId(term, index), EntryKind.COMMAND, 0, Payload.wrap(bytes));
  }

  /** As asked for by who heard no leader for an election timeout. */
  static Message.PreVote preVote(long term, EntryId last) {
    return new Message.PreVote(term, last, Campaign.ELECTION_TIMEOUT);
  }

  /** As asked for by who heard no leader for an election timeout. */
  static Message.RequestVote requestVote(long term, EntryId last) {
    return new Message.RequestVote(term, last, Campaign.ELECTION_TIMEOUT);
  }

  /** Without a digest. */
  static Message.Heartbeat heartbeat(long term, long commitIndex, long round) {
    return new Message.Heartbeat(term, commitIndex, round, Optional.empty());
  }

  /** Without a digest. */
  static Message.HeartbeatResponse heartbeatResponse(long term, long round) {
    return new Message.HeartbeatResponse(term, round, Optional.empty());
  }

  static List<Member> members(long... numbers) {
    return LongStream.of(numbers).mapToObj(Members::member).toList();
  }

  static Configuration voters(long... numbers) {
    return Configuration.ofVoters(members(numbers));
  }
}
