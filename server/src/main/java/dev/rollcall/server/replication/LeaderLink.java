package dev.rollcall.server.replication;

import dev.rollcall.raft.core.NodeId;
import java.util.function.Consumer;

/**
 * Carries requests to the leader's node and answers back: the edge behind which gRPC stands, and
 * the simulator's network. Any thread may send.
 */
public interface LeaderLink {
  /**
   * Sends; never blocks, never throws. The other side gets the request at most once, as {@link
   * Registry#onForwarded}, or never. {@code answer} is called at most once, on any thread, also
   * within this call; it may never be called. A link that knows the request did not leave answers
   * {@link ForwardAnswer.Reason#NOT_LEADER}; one that breaks afterwards answers {@link
   * ForwardAnswer.Reason#INDETERMINATE}, and may stay silent: the deadline is kept elsewhere.
   *
   * @param request its id is not used twice in the life of this process
   */
  void send(NodeId leader, ForwardRequest request, Consumer<ForwardAnswer> answer);
}
