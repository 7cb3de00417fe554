package dev.rollcall.server.cluster;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.v1.ErrorReason;
import java.nio.ByteBuffer;

/** Members ↔ proto. */
final class MemberCodec {
  private static final int ID_BYTES = 16;

  private MemberCodec() {}

  /** A member with what this node knows of it. */
  static dev.rollcall.v1.Member encode(Member member, RaftStatus status) {
    Configuration configuration = status.configuration();
    NodeId id = member.id();
    boolean stays = configuration.voters().contains(member);
    return dev.rollcall.v1.Member.newBuilder()
        .setNodeId(Headers.bytes(id))
        .setPeerAddress(member.peerAddress())
        .setClientAddress(member.clientAddress())
        .setVoter(configuration.isVoter(id))
        .setLeader(status.leader().filter(id::equals).isPresent())
        .setLeaving(configuration.isVoter(id) && !stays)
        .setReplaces(configuration.replacedBy(id).map(Headers::bytes).orElse(ByteString.EMPTY))
        .setMatchIndex(status.matchIndexes().getOrDefault(id, 0L))
        .build();
  }

  /** One of which only the id is left. */
  static dev.rollcall.v1.Member unknown(NodeId id) {
    return dev.rollcall.v1.Member.newBuilder().setNodeId(Headers.bytes(id)).build();
  }

  /**
   * A node id of a request.
   *
   * @throws io.grpc.StatusRuntimeException when it is none
   */
  static NodeId nodeId(ByteString bytes) {
    if (bytes.size() != ID_BYTES) {
      throw StatusMapper.status(
          ErrorReason.INVALID_REQUEST, "a node id has 16 bytes, not " + bytes.size());
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return new NodeId(buffer.getLong(), buffer.getLong());
  }
}
