package dev.rollcall.server.api;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.v1.ResponseHeader;
import java.nio.ByteBuffer;

/** Makes the header that comes with every answer. Any thread. */
public final class Headers {
  private final ResponseHeader prototype;

  /**
   * For answers of one node.
   *
   * @param clusterId 16 bytes
   * @param historyId 16 bytes
   */
  public Headers(ByteString clusterId, ByteString historyId, NodeId node) {
    prototype =
        ResponseHeader.newBuilder()
            .setClusterId(clusterId)
            .setHistoryId(historyId)
            .setNodeId(bytes(node))
            .build();
  }

  /** The header of an answer of this revision. */
  public ResponseHeader at(long revision) {
    return prototype.toBuilder().setRevision(revision).build();
  }

  /** The history that the node's revisions belong to. */
  public ByteString historyId() {
    return prototype.getHistoryId();
  }

  /** A node id as it is on the wire: 16 bytes. */
  public static ByteString bytes(NodeId node) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(16).putLong(node.high()).putLong(node.low()).flip());
  }
}
