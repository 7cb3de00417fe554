package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.Executed;
import dev.rollcall.chaos.simulation.Observation.LeadershipConfirmed;
import dev.rollcall.chaos.simulation.Observation.LeasesStarted;
import dev.rollcall.chaos.simulation.Observation.RenewalAsked;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.lease.Lease;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * No lease that nobody renews outlives its TTL by more than a bound, in lease time of one leader;
 * the next one may begin anew, and suspects without keys the guard may hold ({@link GuardHolds}).
 * Lease time is counted a second time here, from the leader's confirmations: its clock, a step at
 * most for each of them.
 *
 * <p>The bound of the shipped code is 100 ms, a confirmation and a commit. Here it is wider: a
 * request to renew that a client has given up may still be on its way, a hand-over parks what the
 * leader proposes, and nobody says how long a commit takes. Time in which the leader applies
 * nothing of what its log holds is not counted.
 */
@Heeds({
  Executed.class,
  LeadershipConfirmed.class,
  LeasesStarted.class,
  RenewalAsked.class,
  Started.class
})
final class SilentLeaseEnds implements Invariant {
  private static final long STEP_NANOS_MAX = 200 * MILLISECOND;
  private static final long LOOK_NANOS = 250 * MILLISECOND;
  private static final long BOUND_NANOS = 3 * SECOND;

  /** The time of leases on one leader. */
  private static final class Leadership {
    private long clockNanos;
    private long leaseNanos;
    private long lookedLeaseNanos;
    private long lookedNanos;
    private long lastApplied;
    private final Map<Long, Long> touchedLeaseNanos = new HashMap<>();
  }

  /** Nodes as they are now. */
  interface Nodes {
    /** The clock of one. */
    long clockNanos(int node);

    /** One, unless it is down. */
    Optional<Progress> progress(int node);

    /** The leases that one which runs has; and whether each carries keys. */
    void forEachLease(int node, BiConsumer<Lease, Boolean> visitor);
  }

  /** How far a node that runs has come. */
  record Progress(long lastApplied, long lastIndex) {}

  private final VirtualTime time;
  private final Nodes nodes;
  private final long boundNanos;
  private final Map<Integer, Leadership> leaderships = new HashMap<>();

  /** Until when somebody may have renewed a lease, in virtual time. */
  private final Map<Long, Long> touchedNanos = new HashMap<>();

  SilentLeaseEnds(VirtualTime time, long electionTimeoutNanos, Nodes nodes) {
    this.time = time;
    this.nodes = nodes;
    this.boundNanos = BOUND_NANOS + 2 * electionTimeoutNanos;
  }

  /** Looks at the nodes of a cluster. */
  static SilentLeaseEnds of(SimCluster cluster) {
    var nodes =
        new Nodes() {
          @Override
          public long clockNanos(int node) {
            return cluster.nodes().get(node).clock().nanoTime();
          }

          @Override
          public Optional<Progress> progress(int node) {
            return Optional.ofNullable(cluster.nodes().get(node).life())
                .map(life -> life.status())
                .map(status -> new Progress(status.lastApplied(), status.lastIndex()));
          }

          @Override
          public void forEachLease(int node, BiConsumer<Lease, Boolean> visitor) {
            var life = cluster.nodes().get(node).life();
            if (life != null) {
              var leases = life.store().leases();
              leases.forEach(lease -> visitor.accept(lease, leases.hasKeys(lease.id())));
            }
          }
        };
    return new SilentLeaseEnds(cluster.time(), cluster.config().electionTimeoutNanos(), nodes);
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case RenewalAsked(long leaseId, long untilNanos) -> touched(leaseId, untilNanos);
      case Executed(int node, var entries, var outcomes, var store) -> {
        for (Outcome outcome : outcomes) {
          switch (outcome) {
            case Outcome.Registered it -> touched(it.leaseId(), time.nowNanos());
            case Outcome.LeaseGranted it -> touched(it.leaseId(), time.nowNanos());
            default -> {}
          }
        }
      }
      case Started(int node) -> leaderships.remove(node);
      case LeasesStarted(int node, long term) -> {
        var leadership = new Leadership();
        leadership.clockNanos = nodes.clockNanos(node);
        leadership.lookedNanos = time.nowNanos();
        leaderships.put(node, leadership);
      }
      case LeadershipConfirmed(int node) -> confirmed(node);
      default -> {}
    }
  }

  private void touched(long leaseId, long nanos) {
    touchedNanos.merge(leaseId, nanos, Math::max);
  }

  private void confirmed(int node) {
    var leadership = leaderships.get(node);
    var progress = nodes.progress(node);
    if (leadership != null && progress.isPresent()) {
      confirmed(node, leadership, progress.get());
    }
  }

  private void confirmed(int node, Leadership leadership, Progress progress) {
    long clockNanos = nodes.clockNanos(node);
    boolean isStuck =
        progress.lastApplied < progress.lastIndex && progress.lastApplied == leadership.lastApplied;
    if (!isStuck) {
      leadership.leaseNanos += Math.clamp(clockNanos - leadership.clockNanos, 0, STEP_NANOS_MAX);
    }
    leadership.clockNanos = clockNanos;
    leadership.lastApplied = progress.lastApplied;
    if (leadership.leaseNanos - leadership.lookedLeaseNanos >= LOOK_NANOS) {
      nodes.forEachLease(node, (lease, hasKeys) -> look(node, leadership, lease, hasKeys));
      leadership.lookedLeaseNanos = leadership.leaseNanos;
      leadership.lookedNanos = time.nowNanos();
    }
  }

  private void look(int node, Leadership leadership, Lease lease, boolean hasKeys) {
    boolean isHeld = lease.isSuspect() && !hasKeys;
    if (isHeld || touchedNanos.getOrDefault(lease.id(), 0L) >= leadership.lookedNanos) {
      leadership.touchedLeaseNanos.put(lease.id(), leadership.leaseNanos);
    }
    long silentNanos =
        leadership.leaseNanos - leadership.touchedLeaseNanos.getOrDefault(lease.id(), 0L);
    require(
        silentNanos <= lease.ttlMillis() * MILLISECOND + boundNanos,
        "%s is there on node %d after %d ms of lease time in which nobody renewed it",
        lease,
        node,
        silentNanos / MILLISECOND);
  }
}
