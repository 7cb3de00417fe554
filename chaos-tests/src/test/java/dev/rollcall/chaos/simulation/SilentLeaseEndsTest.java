package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.chaos.simulation.Observation.LeadershipConfirmed;
import dev.rollcall.chaos.simulation.Observation.LeasesStarted;
import dev.rollcall.chaos.simulation.Observation.RenewalAsked;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.chaos.simulation.SilentLeaseEnds.Progress;
import dev.rollcall.store.lease.Lease;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The invariant against one lease of one node that leads and is confirmed ten times a second. */
class SilentLeaseEndsTest {
  private static final Lease LEASE = new Lease(7, 1_000, "default", true, List.of());
  private static final long ELECTION_TIMEOUT_NANOS = SECOND;

  /** The TTL, and the bound of three seconds and two election timeouts. */
  private static final long LONGEST_NANOS = 6 * SECOND;

  /** How late it may be noticed: the first look and the last one. */
  private static final long LOOKS_NANOS = SECOND;

  private final VirtualTime time = new VirtualTime();
  private final SilentLeaseEnds invariant =
      new SilentLeaseEnds(time, ELECTION_TIMEOUT_NANOS, new OneNode());
  private Lease lease = LEASE;
  private boolean hasKeys;
  private long lastApplied = 5;
  private long lastIndex = 5;

  @Test
  void aLeaseThatNobodyRenewsAndThatStaysIsRefused() {
    lead(1);
    pass(LONGEST_NANOS);
    refusesWithin(LOOKS_NANOS);
  }

  @Test
  void aLeaseThatIsRenewedMayStay() {
    lead(1);
    for (int i = 0; i < 10; i++) {
      invariant.observe(new RenewalAsked(LEASE.id(), time.nowNanos()));
      pass(LONGEST_NANOS / 2);
    }
    pass(LONGEST_NANOS / 2);
    refusesWithin(LOOKS_NANOS);
  }

  @Test
  void aSuspectMayStayAndIsJudgedAnewOnceItIsNone() {
    lead(1);
    lease = LEASE.withSuspicion(true);
    pass(3 * LONGEST_NANOS);
    lease = LEASE;
    pass(LONGEST_NANOS - LOOKS_NANOS);
    refusesWithin(2 * LOOKS_NANOS);
  }

  @Test
  void anotherLeaderBeginsAnew() {
    lead(1);
    pass(LONGEST_NANOS);
    invariant.observe(new Started(0));
    lead(2);
    pass(LONGEST_NANOS);
    refusesWithin(LOOKS_NANOS);
  }

  @Test
  void timeInWhichNothingIsAppliedIsNotCounted() {
    lead(1);
    lastIndex = lastApplied + 1;
    pass(3 * LONGEST_NANOS);
    lastApplied = lastIndex;
    pass(LONGEST_NANOS - LOOKS_NANOS);
    refusesWithin(2 * LOOKS_NANOS);
  }

  /** A leader that is paused counts a step at most when it goes on. */
  @Test
  void aSuspectWithKeysMayNotStay() {
    lead(1);
    lease = LEASE.withSuspicion(true);
    hasKeys = true;
    pass(LONGEST_NANOS);
    refusesWithin(LOOKS_NANOS);
  }

  @Test
  void aPauseIsNotCounted() {
    lead(1);
    pass(SECOND);
    sleep(3 * LONGEST_NANOS);
    pass(LONGEST_NANOS - SECOND - LOOKS_NANOS);
    refusesWithin(2 * LOOKS_NANOS);
  }

  private void lead(long term) {
    invariant.observe(new LeasesStarted(0, term));
  }

  private void pass(long nanos) {
    for (long passed = 0; passed < nanos; passed += 100 * MILLISECOND) {
      sleep(100 * MILLISECOND);
      invariant.observe(new LeadershipConfirmed(0));
    }
  }

  private void sleep(long nanos) {
    time.after(nanos, () -> {});
    time.runNext(Long.MAX_VALUE);
  }

  private void refusesWithin(long nanos) {
    assertThatExceptionOfType(Invariant.Broken.class)
        .isThrownBy(() -> pass(nanos))
        .matches(broken -> broken.invariant().equals("SilentLeaseEnds"));
  }

  private final class OneNode implements SilentLeaseEnds.Nodes {
    @Override
    public long clockNanos(int node) {
      return time.nowNanos();
    }

    @Override
    public Optional<Progress> progress(int node) {
      return Optional.of(new Progress(lastApplied, lastIndex));
    }

    @Override
    public void forEachLease(int node, BiConsumer<Lease, Boolean> visitor) {
      visitor.accept(lease, hasKeys);
    }
  }
}
