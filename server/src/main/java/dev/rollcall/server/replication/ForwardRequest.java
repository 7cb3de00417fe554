package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Payload;
import java.util.List;

/**
 * What one node asks of the leader on behalf of its clients.
 *
 * @param id tells it from all others of this node's life
 * @param waitMillis how long the asking side will wait, from when it was sent
 */
public record ForwardRequest(long id, long waitMillis, Ask ask) {
  /** One of two things to ask. */
  public sealed interface Ask {
    /** Replicate an encoded request of the store. */
    record Execute(Payload command) implements Ask {}

    /** Renew leases. */
    record Renew(List<Long> leaseIds) implements Ask {
      public Renew {
        leaseIds = List.copyOf(leaseIds);
      }
    }
  }
}
