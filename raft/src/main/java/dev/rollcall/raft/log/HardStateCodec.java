package dev.rollcall.raft.log;

import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.NodeId;
import java.nio.ByteBuffer;
import java.util.Optional;

/** 28 bytes of a {@link HardState}: whether it voted (4), current term (8), for whom (16). */
final class HardStateCodec {
  private HardStateCodec() {}

  static void put(ByteBuffer out, HardState state) {
    out.putInt(state.votedFor().isPresent() ? 1 : 0).putLong(state.currentTerm());
    out.putLong(state.votedFor().map(NodeId::high).orElse(0L));
    out.putLong(state.votedFor().map(NodeId::low).orElse(0L));
  }

  static HardState read(ByteBuffer in) {
    boolean voted = in.getInt() != 0;
    long currentTerm = in.getLong();
    var votedFor = new NodeId(in.getLong(), in.getLong());
    return new HardState(currentTerm, voted ? Optional.of(votedFor) : Optional.empty());
  }
}
