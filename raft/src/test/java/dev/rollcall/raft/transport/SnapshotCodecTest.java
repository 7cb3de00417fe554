package dev.rollcall.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.StateSnapshot.Chunk;
import dev.rollcall.raft.v1.SnapshotChunk;
import dev.rollcall.raft.v1.SnapshotEnvelope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotCodecTest {
  private static final Configuration CONFIGURATION =
      Configuration.ofVoters(List.of(new Member(new NodeId(1, 2), "p:1", "c:1")));

  static List<SnapshotMessage> everyMessage() {
    var start = new LogStart(new EntryId(3, 70), new ConfigurationAt(7, CONFIGURATION));
    return List.of(
        new SnapshotMessage.FetchSnapshot(SnapshotMessage.ANY, 12, Payload.EMPTY),
        new SnapshotMessage.FetchSnapshot(-5, 12, bytes(1, 2)),
        new SnapshotMessage.SnapshotChunk(
            Long.MAX_VALUE, start, Payload.EMPTY, new Chunk(bytes(1), bytes(2), false)),
        new SnapshotMessage.SnapshotChunk(
            1, start, bytes(2), new Chunk(bytes(-1, 0, 1), bytes(3), true)),
        new SnapshotMessage.SnapshotGone(4));
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void roundTrips(SnapshotMessage message) throws InvalidProtocolBufferException {
    byte[] bytes = SnapshotCodec.encode(0, message).toByteArray();
    assertThat(SnapshotCodec.decode(SnapshotEnvelope.parseFrom(bytes))).isEqualTo(message);
  }

  @Test
  void refusesWhatNoNodeCouldHaveSent() {
    assertThatThrownBy(() -> SnapshotCodec.decode(SnapshotEnvelope.getDefaultInstance()))
        .isInstanceOf(IllegalArgumentException.class);
    var noConfiguration = SnapshotChunk.newBuilder().setSnapshotId(1);
    assertThatThrownBy(() -> SnapshotCodec.decode(envelope(noConfiguration)))
        .isInstanceOf(IllegalArgumentException.class);
    var configurationOfTheFuture =
        SnapshotChunk.newBuilder()
            .setLastIndex(7)
            .setConfigurationIndex(8)
            .setConfiguration(
                com.google.protobuf.ByteString.copyFrom(CONFIGURATION.encode().bytes()));
    assertThatThrownBy(() -> SnapshotCodec.decode(envelope(configurationOfTheFuture)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static SnapshotEnvelope envelope(SnapshotChunk.Builder chunk) {
    return SnapshotEnvelope.newBuilder().setChunk(chunk).build();
  }

  private static Payload bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Payload.wrap(bytes);
  }
}
