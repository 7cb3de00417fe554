package dev.rollcall.server.forward;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.server.api.Headers;
import io.grpc.Metadata;
import java.util.Arrays;

/**
 * Says on a lane's headers between whom it is: an address is never an identity, and a node that was
 * wiped or restored behind the same address must not execute what was meant for another.
 */
final class LaneIdentity {
  private static final Metadata.Key<byte[]> HISTORY =
      Metadata.Key.of("rollcall-history-bin", Metadata.BINARY_BYTE_MARSHALLER);
  private static final Metadata.Key<byte[]> ADDRESSEE =
      Metadata.Key.of("rollcall-to-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private LaneIdentity() {}

  static Metadata headers(ByteString historyId, NodeId addressee) {
    var headers = new Metadata();
    headers.put(HISTORY, historyId.toByteArray());
    headers.put(ADDRESSEE, Headers.bytes(addressee).toByteArray());
    return headers;
  }

  static boolean isMeantFor(Metadata headers, ByteString historyId, NodeId self) {
    return Arrays.equals(headers.get(HISTORY), historyId.toByteArray())
        && Arrays.equals(headers.get(ADDRESSEE), Headers.bytes(self).toByteArray());
  }
}
