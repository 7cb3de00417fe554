package dev.rollcall.raft.log;

import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.NodeId;
import java.nio.ByteBuffer;
import java.util.Optional;

/** 28 bytes of a {@link HardState}: whether it voted (4), current term (8), for whom (16). */
final class HardStateCodec {
  static final int BYTES = 28;

  private HardStateCodec() {}

  static void put(ByteBuffer out, int at, HardState state) {
    out.putInt(at, state.votedFor().isPresent() ? 1 : 0);
    out.putLong(at + 4, state.currentTerm());
    out.putLong(at + 12, state.votedFor().map(NodeId::high).orElse(0L));
    out.putLong(at + 20, state.votedFor().map(NodeId::low).orElse(0L));
  }

  static HardState read(ByteBuffer in, int at) {
    Optional<NodeId> votedFor = Optional.empty();
    if (in.getInt(at) != 0) {
      votedFor = Optional.of(new NodeId(in.getLong(at + 12), in.getLong(at + 20)));
    }
    return new HardState(in.getLong(at + 4), votedFor);
  }
}
