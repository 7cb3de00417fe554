package dev.rollcall.server.cluster;

import dev.rollcall.raft.bootstrap.Admission;
import dev.rollcall.raft.bootstrap.ClusterIdentity;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.transport.GrpcIntroducer;
import dev.rollcall.raft.transport.GrpcTransport;
import dev.rollcall.raft.transport.PeerEvents;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the configuration in force, also one that was rolled back: has the connections be to its
 * members, tells learners that wait for it that they were let in, when this node leads, and finds
 * out when this node was removed: by its own log, or from a peer that turns it away.
 *
 * <p>{@link #tick} is called every 20 ms or so, by one thread at a time; the rest by any.
 */
public final class MembershipFollower implements PeerEvents {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipFollower.class);
  private static final int TICKS_BETWEEN_ADMISSIONS = 25;

  private final RaftNode<?> node;
  private final GrpcTransport transport;
  private final ClusterIdentity cluster;
  private final Supplier<GrpcIntroducer> introducers;
  private final Runnable removed;
  private final AtomicBoolean isOut = new AtomicBoolean();
  private volatile Set<NodeId> removedPeers = Set.of();

  // The ticking thread's.
  private @Nullable Configuration followed;
  private final Map<NodeId, Integer> ticksToAdmission = new HashMap<>();
  private final Set<NodeId> admitted = ConcurrentHashMap.newKeySet();

  /**
   * Begins with the connections.
   *
   * @param introducers makes one, which is closed here
   * @param removed run once, when this node knows that it was removed, on whatever thread that was
   */
  public MembershipFollower(
      RaftNode<?> node,
      GrpcTransport transport,
      ClusterIdentity cluster,
      Supplier<GrpcIntroducer> introducers,
      Runnable removed) {
    this.node = node;
    this.transport = transport;
    this.cluster = cluster;
    this.introducers = introducers;
    this.removed = removed;
    follow(node.status());
    transport.setEvents(this);
  }

  /** Looks at the configuration. */
  public void tick() {
    RaftStatus status = node.status();
    follow(status);
    if (status.role() == Role.LEADER) {
      admit(status);
    } else {
      ticksToAdmission.clear();
      admitted.clear();
    }
  }

  @Override
  public void lost(NodeId peer) {
    node.peerLost(peer);
  }

  @Override
  public void turnedAway(NodeId byPeer) {
    LOG.warn("node {} says that this node was removed from the cluster", byPeer);
    leave();
  }

  @Override
  public boolean isRemoved(NodeId peer) {
    return removedPeers.contains(peer);
  }

  private void follow(RaftStatus status) {
    Configuration now = status.configuration();
    if (!now.equals(followed)) {
      followed = now;
      transport.setMembers(now.members());
    }
    if (status.isConfigurationCommitted() && removedPeers.size() != now.removed().size()) {
      // Only grows: what is committed is never taken back.
      removedPeers = new HashSet<>(now.removed());
      if (removedPeers.contains(status.self())) {
        leave();
      }
    }
  }

  private void leave() {
    if (isOut.compareAndSet(false, true)) {
      removed.run();
    }
  }

  /** Only of a committed configuration: a node that was told cannot be untold. */
  private void admit(RaftStatus status) {
    if (!status.isConfigurationCommitted()) {
      return;
    }
    for (Member learner : status.configuration().learners()) {
      boolean hasAnswered = status.matchIndexes().getOrDefault(learner.id(), 0L) > 0;
      if (!hasAnswered && !admitted.contains(learner.id()) && isDue(learner.id())) {
        admit(learner, status.configuration());
      }
    }
  }

  private boolean isDue(NodeId learner) {
    int ticks = ticksToAdmission.getOrDefault(learner, 0);
    ticksToAdmission.put(learner, ticks == 0 ? TICKS_BETWEEN_ADMISSIONS : ticks - 1);
    return ticks == 0;
  }

  private void admit(Member learner, Configuration configuration) {
    GrpcIntroducer introducer = introducers.get();
    var unused =
        introducer
            .admit(learner.peerAddress(), new Admission(learner.id(), cluster, configuration))
            .whenComplete((done, failure) -> {
              introducer.close();
              if (failure == null) {
                admitted.add(learner.id());
                LOG.info("node {} at {} was let in", learner.id(), learner.peerAddress());
              } else {
                LOG.debug("node {} was not let in yet: {}", learner.id(), failure.toString());
              }
            });
  }
}
