package dev.rollcall.raft.transport;

import static dev.rollcall.testkit.FuzzTarget.requireEqual;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.Campaign;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import dev.rollcall.raft.core.StateDigest;
import dev.rollcall.raft.driver.LogStartCodec;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.StateSnapshot.Chunk;
import dev.rollcall.raft.v1.Envelope;
import dev.rollcall.raft.v1.Identity;
import dev.rollcall.raft.v1.SnapshotEnvelope;
import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What nodes read from each other: whatever it is, it stands for something, which encodes to what
 * stands for the same again, or it is refused with {@link IllegalArgumentException}.
 */
public final class MessageFuzzTest implements FuzzTargets {
  private static final Member ONE = new Member(new NodeId(1, 2), "a:1", "a:2");
  private static final Member OTHER = new Member(new NodeId(3, 4), "b:1", "b:2");

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("MESSAGE", MessageFuzzTest::message, messages()),
        new FuzzTarget("SNAPSHOT_MESSAGE", MessageFuzzTest::snapshotMessage, snapshotMessages()),
        new FuzzTarget("INTRODUCTION", MessageFuzzTest::introduction, introductions()),
        new FuzzTarget("CONFIGURATION", MessageFuzzTest::configuration, configurations()),
        new FuzzTarget("LOG_START", MessageFuzzTest::logStart, logStarts()));
  }

  /** {@link MessageCodec}. */
  private static void message(byte[] input) {
    Message message;
    try {
      message = MessageCodec.decode(Envelope.parseFrom(input));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return;
    }
    requireEqual(message, MessageCodec.decode(MessageCodec.encode(0, message)));
  }

  private static List<byte[]> messages() {
    var last = new EntryId(3, 7);
    return Stream.of(
            new Message.PreVote(4, last, Campaign.LOST_LEADER),
            new Message.RequestVoteResponse(4, true),
            new Message.AppendEntries(
                4,
                last,
                6,
                List.of(
                    new Entry(
                        new EntryId(4, 8),
                        EntryKind.COMMAND,
                        5,
                        Payload.wrap(new byte[] {1, 2, 3})))),
            new Message.AppendEntriesResponse(4, false, 5, 3, 7),
            new Message.Heartbeat(
                4, 6, 9, Optional.of(new StateDigest(6, Payload.wrap(new byte[32])))),
            new Message.HeartbeatResponse(4, 9, Optional.empty()),
            new Message.TimeoutNow(4),
            new Message.ReadIndexRequest(4, 5),
            new Message.ReadIndexResponse(4, 5, 6),
            new Message.InstallSnapshot(4, last))
        .map(message -> MessageCodec.encode(0, message).toByteArray())
        .toList();
  }

  /** {@link SnapshotCodec}. */
  private static void snapshotMessage(byte[] input) {
    SnapshotMessage message;
    try {
      message = SnapshotCodec.decode(SnapshotEnvelope.parseFrom(input));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return;
    }
    requireEqual(message, SnapshotCodec.decode(SnapshotCodec.encode(0, message)));
  }

  private static List<byte[]> snapshotMessages() {
    var nothing = Payload.wrap(new byte[0]);
    return Stream.of(
            new SnapshotMessage.FetchSnapshot(1, 2, nothing),
            new SnapshotMessage.SnapshotGone(1),
            new SnapshotMessage.SnapshotChunk(
                1,
                start(),
                nothing,
                new Chunk(Payload.wrap(new byte[] {1}), Payload.wrap(new byte[] {2}), true)))
        .map(message -> SnapshotCodec.encode(0, message).toByteArray())
        .toList();
  }

  /** {@link IntroductionCodec}. */
  private static void introduction(byte[] input) {
    Introduction introduction;
    try {
      introduction = IntroductionCodec.decode(Identity.parseFrom(input));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return;
    }
    requireEqual(introduction, IntroductionCodec.decode(IntroductionCodec.encode(introduction)));
  }

  private static List<byte[]> introductions() {
    return List.of(
        IntroductionCodec.encode(
                new Introduction(
                    ONE.id(), "a:1", "a:2", List.of("a:1", "b:1"), List.of(ONE), Optional.empty()))
            .toByteArray());
  }

  /** {@link Configuration#decode}. */
  private static void configuration(byte[] input) {
    Configuration configuration;
    try {
      configuration = Configuration.decode(Payload.wrap(input));
    } catch (IllegalArgumentException e) {
      return;
    }
    requireEqual(configuration, Configuration.decode(configuration.encode()));
  }

  private static List<byte[]> configurations() {
    return List.of(
        Configuration.ofVoters(List.of(ONE, OTHER)).encode().bytes(),
        new Configuration(List.of(ONE), List.of(OTHER), List.of()).encode().bytes());
  }

  /** {@link LogStartCodec}. */
  private static void logStart(byte[] input) {
    LogStart start;
    try {
      start = LogStartCodec.decode(Payload.wrap(input));
    } catch (IllegalArgumentException e) {
      return;
    }
    requireEqual(start, LogStartCodec.decode(LogStartCodec.encode(start)));
  }

  private static List<byte[]> logStarts() {
    return List.of(LogStartCodec.encode(start()).bytes());
  }

  private static LogStart start() {
    return new LogStart(
        new EntryId(3, 7), new ConfigurationAt(5, Configuration.ofVoters(List.of(ONE))));
  }
}
