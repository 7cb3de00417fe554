package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.Message.ReadIndexRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * No two of a node's requests for a read index have one number, whatever it has forgotten in a
 * restart between them: an answer to the older one would settle the newer (etcd-io/etcd#20418).
 */
@Heeds(Sent.class)
final class ReadRequestsAreNew implements Invariant {
  private final Map<Integer, Set<Long>> nonces = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int node, int to, ReadIndexRequest request)) {
      boolean isNew = nonces.computeIfAbsent(node, none -> new HashSet<>()).add(request.nonce());
      require(isNew, "node %d asks again under the number %d", node, request.nonce());
    }
  }
}
