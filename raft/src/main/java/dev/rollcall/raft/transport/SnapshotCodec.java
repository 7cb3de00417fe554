package dev.rollcall.raft.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotChunk;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotGone;
import dev.rollcall.raft.driver.StateSnapshot.Chunk;
import dev.rollcall.raft.v1.SnapshotEnvelope;

/** {@link SnapshotMessage} ↔ proto; refuses what it does not know, as {@link MessageCodec} does. */
final class SnapshotCodec {
  private SnapshotCodec() {}

  /** Shares the payloads' bytes with the proto. */
  static SnapshotEnvelope encode(int groupId, SnapshotMessage message) {
    var envelope = SnapshotEnvelope.newBuilder().setGroupId(groupId);
    switch (message) {
      case FetchSnapshot(long snapshotId, long fromIndex, Payload after) ->
          envelope.setFetch(
              dev.rollcall.raft.v1.FetchSnapshot.newBuilder()
                  .setSnapshotId(snapshotId)
                  .setFromIndex(fromIndex)
                  .setAfter(bytes(after)));
      case SnapshotChunk piece -> envelope.setChunk(encode(piece));
      case SnapshotGone(long snapshotId) ->
          envelope.setGone(
              dev.rollcall.raft.v1.SnapshotGone.newBuilder().setSnapshotId(snapshotId));
    }
    return envelope.build();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when it holds nothing known, or what no node could have sent
   */
  static SnapshotMessage decode(SnapshotEnvelope envelope) {
    return switch (envelope.getMessageCase()) {
      case FETCH -> {
        var fetch = envelope.getFetch();
        yield new FetchSnapshot(
            fetch.getSnapshotId(), counted(fetch.getFromIndex()), payload(fetch.getAfter()));
      }
      case CHUNK -> decode(envelope.getChunk());
      case GONE -> new SnapshotGone(envelope.getGone().getSnapshotId());
      case MESSAGE_NOT_SET ->
          throw new IllegalArgumentException("a message that this version does not know");
    };
  }

  private static dev.rollcall.raft.v1.SnapshotChunk encode(SnapshotChunk piece) {
    EntryId previous = piece.start().previous();
    ConfigurationAt configuration = piece.start().configuration();
    return dev.rollcall.raft.v1.SnapshotChunk.newBuilder()
        .setSnapshotId(piece.snapshotId())
        .setLastIndex(previous.index())
        .setLastTerm(previous.term())
        .setConfigurationIndex(configuration.index())
        .setConfiguration(bytes(configuration.configuration().encode()))
        .setAfter(bytes(piece.after()))
        .setBytes(bytes(piece.chunk().bytes()))
        .setPosition(bytes(piece.chunk().position()))
        .setIsLast(piece.chunk().isLast())
        .build();
  }

  private static SnapshotMessage decode(dev.rollcall.raft.v1.SnapshotChunk piece) {
    var previous = new EntryId(counted(piece.getLastTerm()), counted(piece.getLastIndex()));
    var configuration =
        new ConfigurationAt(
            counted(piece.getConfigurationIndex()),
            Configuration.decode(payload(piece.getConfiguration())));
    return new SnapshotChunk(
        piece.getSnapshotId(),
        start(previous, configuration),
        payload(piece.getAfter()),
        new Chunk(payload(piece.getBytes()), payload(piece.getPosition()), piece.getIsLast()));
  }

  private static LogStart start(EntryId previous, ConfigurationAt configuration) {
    try {
      return new LogStart(previous, configuration);
    } catch (Invariant.Violation e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static ByteString bytes(Payload payload) {
    return UnsafeByteOperations.unsafeWrap(payload.bytes());
  }

  private static Payload payload(ByteString bytes) {
    return Payload.wrap(bytes.toByteArray());
  }

  private static long counted(long number) {
    return MessageCodec.counted(number);
  }
}
