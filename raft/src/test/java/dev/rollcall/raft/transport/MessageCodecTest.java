package dev.rollcall.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.raft.core.Campaign;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.StateDigest;
import dev.rollcall.raft.v1.AppendEntries;
import dev.rollcall.raft.v1.Envelope;
import dev.rollcall.raft.v1.LogEntry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
  private static final StateDigest DIGEST = new StateDigest(8, Payload.wrap(new byte[] {0, -1, 5}));

  static List<Message> everyMessage() {
    EntryId id = new EntryId(3, 7);
    return List.of(
        new Message.PreVote(4, id, Campaign.ELECTION_TIMEOUT),
        new Message.PreVote(4, id, Campaign.LOST_LEADER),
        new Message.PreVoteResponse(4, true),
        new Message.RequestVote(Long.MAX_VALUE, EntryId.NONE, Campaign.ELECTION_TIMEOUT),
        new Message.RequestVote(4, id, Campaign.LOST_LEADER),
        new Message.RequestVote(4, id, Campaign.TRANSFER),
        new Message.RequestVoteResponse(4, false),
        new Message.AppendEntries(4, EntryId.NONE, 0, List.of()),
        new Message.AppendEntries(
            4,
            id,
            6,
            List.of(
                entry(4, 8, EntryKind.NOOP, new byte[0]),
                entry(4, 9, EntryKind.CONFIGURATION, new byte[] {1}),
                entry(5, 10, EntryKind.COMMAND, new byte[] {-1, 0, 1}),
                entry(5, 11, EntryKind.VERIFY, new byte[0]))),
        new Message.AppendEntriesResponse(4, true, 10, 0, 7),
        new Message.AppendEntriesResponse(4, false, 5, 2, 7),
        new Message.Heartbeat(4, 9, 11, Optional.empty()),
        new Message.Heartbeat(4, 9, 11, Optional.of(DIGEST)),
        new Message.Heartbeat(4, 9, 11, Optional.of(new StateDigest(8, Payload.EMPTY))),
        new Message.HeartbeatResponse(4, 11, Optional.empty()),
        new Message.HeartbeatResponse(4, 11, Optional.of(DIGEST)),
        new Message.TimeoutNow(4),
        new Message.ReadIndexRequest(4, -5),
        new Message.ReadIndexResponse(4, -5, 0),
        new Message.InstallSnapshot(4, id));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void roundTrips(Message message) throws InvalidProtocolBufferException {
    byte[] bytes = MessageCodec.encode(0, message).toByteArray();
    assertThat(MessageCodec.decode(Envelope.parseFrom(bytes))).isEqualTo(message);
  }

  @Test
  void refusesWhatALaterVersionMaySend() {
    Envelope unknownMessage = Envelope.newBuilder().setGroupId(0).build();
    assertThatThrownBy(() -> MessageCodec.decode(unknownMessage))
        .isInstanceOf(IllegalArgumentException.class);
    Envelope unknownKind = append(LogEntry.newBuilder().setTerm(1).setKind(99));
    assertThatThrownBy(() -> MessageCodec.decode(unknownKind))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesNumbersThatNoNodeCounts() {
    Envelope negative = append(LogEntry.newBuilder().setTerm(-1).setKind(1));
    assertThatThrownBy(() -> MessageCodec.decode(negative))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number out of range: 18446744073709551615");
  }

  private static Envelope append(LogEntry.Builder entry) {
    return Envelope.newBuilder()
        .setAppendEntries(AppendEntries.newBuilder().setTerm(1).addEntries(entry))
        .build();
  }

  private static Entry entry(long term, long index, EntryKind kind, byte[] payload) {
    return new Entry(new EntryId(term, index), kind, -3, Payload.wrap(payload));
  }
}
