package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * Which cluster, and which of its histories, an initialised node belongs to.
 *
 * @param clusterId stays for ever
 * @param historyId another one after a restore or a forced recovery
 */
public record ClusterIdentity(ClusterId clusterId, HistoryId historyId) {
  private static final int NODE_ID_BYTES = 16;

  /**
   * Of the cluster that these members found: each id is the first 16 bytes of a SHA-256 over a
   * label of its own and the node ids in order. All founders compute the same, and no other set
   * does.
   */
  static ClusterIdentity foundedBy(List<Member> founders) {
    ByteBuffer ids = ByteBuffer.allocate(founders.size() * NODE_ID_BYTES);
    founders.stream().map(Member::id).sorted().forEach(id -> put(ids, id));
    return new ClusterIdentity(
        ClusterId.of(digest("rollcall cluster", ids.array())),
        HistoryId.of(digest("rollcall history", ids.array())));
  }

  private static void put(ByteBuffer ids, NodeId id) {
    ids.putLong(id.high()).putLong(id.low());
  }

  private static byte[] digest(String label, byte[] ids) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(label.getBytes(StandardCharsets.US_ASCII));
      return Arrays.copyOf(sha256.digest(ids), ClusterId.BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
