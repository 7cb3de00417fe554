package dev.rollcall.raft.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.rollcall.raft.core.Campaign;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.StateDigest;
import dev.rollcall.raft.v1.Envelope;
import dev.rollcall.raft.v1.LogEntry;
import dev.rollcall.raft.v1.VoteRequest;
import dev.rollcall.raft.v1.VoteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link Message} ↔ proto. What a later version may send and this one does not know is refused. */
final class MessageCodec {
  private MessageCodec() {}

  /** Shares the payloads' bytes with the proto. */
  static Envelope encode(int groupId, Message message) {
    Envelope.Builder envelope = Envelope.newBuilder().setGroupId(groupId);
    switch (message) {
      case Message.PreVote(long term, EntryId last, Campaign campaign) ->
          envelope.setPreVote(voteRequest(term, last, campaign));
      case Message.PreVoteResponse(long term, boolean granted) ->
          envelope.setPreVoteResponse(voteResponse(term, granted));
      case Message.RequestVote(long term, EntryId last, Campaign campaign) ->
          envelope.setRequestVote(voteRequest(term, last, campaign));
      case Message.RequestVoteResponse(long term, boolean granted) ->
          envelope.setRequestVoteResponse(voteResponse(term, granted));
      case Message.AppendEntries append -> envelope.setAppendEntries(encode(append));
      case Message.AppendEntriesResponse response ->
          envelope.setAppendEntriesResponse(encode(response));
      case Message.Heartbeat heartbeat -> envelope.setHeartbeat(encode(heartbeat));
      case Message.HeartbeatResponse response -> envelope.setHeartbeatResponse(encode(response));
      case Message.TimeoutNow(long term) ->
          envelope.setTimeoutNow(dev.rollcall.raft.v1.TimeoutNow.newBuilder().setTerm(term));
      case Message.ReadIndexRequest(long term, long nonce) ->
          envelope.setReadIndexRequest(
              dev.rollcall.raft.v1.ReadIndexRequest.newBuilder().setTerm(term).setNonce(nonce));
      case Message.ReadIndexResponse(long term, long nonce, long index) ->
          envelope.setReadIndexResponse(
              dev.rollcall.raft.v1.ReadIndexResponse.newBuilder()
                  .setTerm(term)
                  .setNonce(nonce)
                  .setIndex(index));
      case Message.InstallSnapshot(long term, EntryId last) ->
          envelope.setInstallSnapshot(
              dev.rollcall.raft.v1.InstallSnapshot.newBuilder()
                  .setTerm(term)
                  .setLastIndex(last.index())
                  .setLastTerm(last.term()));
    }
    return envelope.build();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when it holds nothing known, or what no node could have sent
   */
  static Message decode(Envelope envelope) {
    return switch (envelope.getMessageCase()) {
      case PRE_VOTE -> {
        VoteRequest request = envelope.getPreVote();
        yield new Message.PreVote(counted(request.getTerm()), last(request), campaign(request));
      }
      case PRE_VOTE_RESPONSE -> {
        VoteResponse response = envelope.getPreVoteResponse();
        yield new Message.PreVoteResponse(counted(response.getTerm()), response.getGranted());
      }
      case REQUEST_VOTE -> {
        VoteRequest request = envelope.getRequestVote();
        yield new Message.RequestVote(counted(request.getTerm()), last(request), campaign(request));
      }
      case REQUEST_VOTE_RESPONSE -> {
        VoteResponse response = envelope.getRequestVoteResponse();
        yield new Message.RequestVoteResponse(counted(response.getTerm()), response.getGranted());
      }
      case APPEND_ENTRIES -> decode(envelope.getAppendEntries());
      case APPEND_ENTRIES_RESPONSE -> decode(envelope.getAppendEntriesResponse());
      case HEARTBEAT -> {
        var heartbeat = envelope.getHeartbeat();
        yield new Message.Heartbeat(
            counted(heartbeat.getTerm()),
            counted(heartbeat.getCommitIndex()),
            counted(heartbeat.getRound()),
            heartbeat.hasAgreed() ? Optional.of(decode(heartbeat.getAgreed())) : Optional.empty());
      }
      case HEARTBEAT_RESPONSE -> {
        var response = envelope.getHeartbeatResponse();
        yield new Message.HeartbeatResponse(
            counted(response.getTerm()),
            counted(response.getRound()),
            response.hasDigest() ? Optional.of(decode(response.getDigest())) : Optional.empty());
      }
      case TIMEOUT_NOW -> new Message.TimeoutNow(counted(envelope.getTimeoutNow().getTerm()));
      case READ_INDEX_REQUEST -> {
        var request = envelope.getReadIndexRequest();
        yield new Message.ReadIndexRequest(counted(request.getTerm()), request.getNonce());
      }
      case READ_INDEX_RESPONSE -> {
        var response = envelope.getReadIndexResponse();
        yield new Message.ReadIndexResponse(
            counted(response.getTerm()), response.getNonce(), counted(response.getIndex()));
      }
      case INSTALL_SNAPSHOT -> {
        var offer = envelope.getInstallSnapshot();
        yield new Message.InstallSnapshot(
            counted(offer.getTerm()),
            new EntryId(counted(offer.getLastTerm()), counted(offer.getLastIndex())));
      }
      case MESSAGE_NOT_SET ->
          throw new IllegalArgumentException("a message that this version does not know");
    };
  }

  private static VoteRequest voteRequest(long term, EntryId last, Campaign campaign) {
    return VoteRequest.newBuilder()
        .setTerm(term)
        .setLastIndex(last.index())
        .setLastTerm(last.term())
        .setCampaign(
            switch (campaign) {
              case ELECTION_TIMEOUT -> dev.rollcall.raft.v1.Campaign.CAMPAIGN_ELECTION_TIMEOUT;
              case LOST_LEADER -> dev.rollcall.raft.v1.Campaign.CAMPAIGN_LOST_LEADER;
              case TRANSFER -> dev.rollcall.raft.v1.Campaign.CAMPAIGN_TRANSFER;
            })
        .build();
  }

  /** A kind of campaign that a later version may know gives no privilege here. */
  private static Campaign campaign(VoteRequest request) {
    return switch (request.getCampaign()) {
      case CAMPAIGN_ELECTION_TIMEOUT, UNRECOGNIZED -> Campaign.ELECTION_TIMEOUT;
      case CAMPAIGN_LOST_LEADER -> Campaign.LOST_LEADER;
      case CAMPAIGN_TRANSFER -> Campaign.TRANSFER;
    };
  }

  private static dev.rollcall.raft.v1.Heartbeat encode(Message.Heartbeat heartbeat) {
    var encoded =
        dev.rollcall.raft.v1.Heartbeat.newBuilder()
            .setTerm(heartbeat.term())
            .setCommitIndex(heartbeat.commitIndex())
            .setRound(heartbeat.round());
    heartbeat.agreed().ifPresent(agreed -> encoded.setAgreed(encode(agreed)));
    return encoded.build();
  }

  private static dev.rollcall.raft.v1.HeartbeatResponse encode(Message.HeartbeatResponse response) {
    var encoded =
        dev.rollcall.raft.v1.HeartbeatResponse.newBuilder()
            .setTerm(response.term())
            .setRound(response.round());
    response.digest().ifPresent(digest -> encoded.setDigest(encode(digest)));
    return encoded.build();
  }

  private static dev.rollcall.raft.v1.StateDigest encode(StateDigest digest) {
    return dev.rollcall.raft.v1.StateDigest.newBuilder()
        .setIndex(digest.index())
        .setDigest(bytes(digest.digest()))
        .build();
  }

  private static StateDigest decode(dev.rollcall.raft.v1.StateDigest digest) {
    return new StateDigest(
        counted(digest.getIndex()), Payload.wrap(digest.getDigest().toByteArray()));
  }

  private static VoteResponse voteResponse(long term, boolean granted) {
    return VoteResponse.newBuilder().setTerm(term).setGranted(granted).build();
  }

  private static dev.rollcall.raft.v1.AppendEntries encode(Message.AppendEntries append) {
    var encoded =
        dev.rollcall.raft.v1.AppendEntries.newBuilder()
            .setTerm(append.term())
            .setPreviousIndex(append.previous().index())
            .setPreviousTerm(append.previous().term())
            .setCommitIndex(append.commitIndex());
    for (Entry entry : append.entries()) {
      encoded.addEntries(
          LogEntry.newBuilder()
              .setTerm(entry.term())
              .setKind(entry.kind().code())
              .setWallMillis(entry.wallMillis())
              .setPayload(bytes(entry.payload())));
    }
    return encoded.build();
  }

  /** A payload never changes, so the proto may share its bytes. */
  private static ByteString bytes(Payload payload) {
    return UnsafeByteOperations.unsafeWrap(payload.bytes());
  }

  private static dev.rollcall.raft.v1.AppendEntriesResponse encode(
      Message.AppendEntriesResponse response) {
    return dev.rollcall.raft.v1.AppendEntriesResponse.newBuilder()
        .setTerm(response.term())
        .setSuccess(response.success())
        .setIndex(response.index())
        .setHintTerm(response.hintTerm())
        .setPreviousIndex(response.previousIndex())
        .build();
  }

  private static Message decode(dev.rollcall.raft.v1.AppendEntries append) {
    long index = counted(append.getPreviousIndex());
    EntryId previous = new EntryId(counted(append.getPreviousTerm()), index);
    List<Entry> entries = new ArrayList<>(append.getEntriesCount());
    for (LogEntry entry : append.getEntriesList()) {
      index++;
      entries.add(
          new Entry(
              new EntryId(counted(entry.getTerm()), index),
              EntryKind.ofCode(entry.getKind()),
              entry.getWallMillis(),
              Payload.wrap(entry.getPayload().toByteArray())));
    }
    return new Message.AppendEntries(
        counted(append.getTerm()), previous, counted(append.getCommitIndex()), entries);
  }

  private static Message decode(dev.rollcall.raft.v1.AppendEntriesResponse response) {
    return new Message.AppendEntriesResponse(
        counted(response.getTerm()),
        response.getSuccess(),
        counted(response.getIndex()),
        counted(response.getHintTerm()),
        counted(response.getPreviousIndex()));
  }

  private static EntryId last(VoteRequest request) {
    return new EntryId(counted(request.getLastTerm()), counted(request.getLastIndex()));
  }

  /**
   * A number that only counts up; the wire's is unsigned, and no node lives to see its upper half.
   */
  static long counted(long number) {
    if (number < 0) {
      throw new IllegalArgumentException("number out of range: " + Long.toUnsignedString(number));
    }
    return number;
  }
}
