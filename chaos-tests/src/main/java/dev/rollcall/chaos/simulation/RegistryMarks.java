package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LeasesStarted;
import dev.rollcall.store.AppliedRange;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.RegisteredInstance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells from what the cluster's history comes to which rare rules of the registry it met. */
@Heeds(LeasesStarted.class)
final class RegistryMarks implements Invariant {
  private final Marks marks;
  private final Set<Long> granted = new HashSet<>();
  private boolean isGuarded;
  private int sessions;

  RegistryMarks(Marks marks) {
    this.marks = marks;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof LeasesStarted) {
      hitIf(isGuarded, Mark.GUARD_FOUND);
    }
  }

  /**
   * The next entry of the history was applied.
   *
   * @param command as the log has it; looked into only where the outcome does not say enough
   * @param sessionsNow that are open
   */
  void applied(byte[] command, AppliedRange range, int sessionsNow) {
    var changes = range.changes().stream().flatMap(each -> each.changes().stream()).toList();
    hitIf(sessionsNow < sessions, Mark.SESSION_ENDED);
    sessions = sessionsNow;
    changes.forEach(this::ofKeys);
    Outcome outcome = range.outcomes().getFirst();
    switch (outcome) {
      case Outcome.Nothing nothing -> hitIf(!changes.isEmpty(), Mark.DEADLINE_PASSED);
      case Outcome.OverrideSet set -> hitIf(changes.isEmpty(), Mark.OVERRIDE_OF_NOBODY);
      case Outcome.RevisionMismatch mismatch -> marks.hit(Mark.ANOTHER_REVISION);
      case Outcome.StaleIncarnation stale -> refused(command);
      case Outcome.IncarnationReused reused -> refused(command);
      case Outcome.LeaseGranted lease -> granted.add(lease.leaseId());
      case Outcome.Registered done -> registered(done, changes);
      case Outcome.LeasesExpired expired -> expired(expired, changes);
      case Outcome.LeasesJudged judged ->
          hitIf(upserted(changes).stream().anyMatch(it -> !isSuspect(it)), Mark.SUSPECT_TRUSTED);
      case Outcome.Transacted done -> hitIf(!done.succeeded(), Mark.COMPARE_FAILED);
      case Outcome.ChangesCompacted compacted -> marks.hit(Mark.CHANGES_COMPACTED);
      case Outcome.GuardEngaged engaged -> {
        isGuarded = true;
        marks.hit(Mark.GUARD_ENGAGED);
      }
      case Outcome.GuardReleased released -> {
        isGuarded = false;
        hitIf(isByOperator(command), Mark.GUARD_RELEASED_BY_OPERATOR);
      }
      case Outcome.Updated updated ->
          hitIf(
              updated.instance().standing().lifecycle() == Lifecycle.DRAINING && !changes.isEmpty(),
              Mark.DRAINED);
      default -> {}
    }
  }

  private void refused(byte[] command) {
    hitIf(
        CommandCodec.decode(command).command() instanceof Command.Register register
            && register.instances().size() > 1,
        Mark.BATCH_REFUSED);
  }

  private static boolean isByOperator(byte[] command) {
    return CommandCodec.decode(command).command() instanceof Command.ReleaseGuard release
        && !release.actor().isEmpty();
  }

  private void registered(Outcome.Registered done, List<Change> changes) {
    var now = upserted(changes);
    boolean areOverridden = now.stream().anyMatch(it -> it.standing().override().isPresent());
    hitIf(areOverridden, Mark.OVERRIDE_OUTLIVED);
    boolean isOfGranted = granted.contains(done.leaseId());
    hitIf(isOfGranted && now.size() > 1, Mark.BATCH_UNDER_GRANTED_LEASE);
  }

  private void expired(Outcome.LeasesExpired expired, List<Change> changes) {
    hitIf(expired.leases() > 0 && expired.instances() == 0, Mark.EMPTY_LEASE_EXPIRED);
    int withKeys = leasesThatTookKeys(changes);
    hitIf(expired.leases() > withKeys && isGuarded, Mark.TRICKLED);
    hitIf(withKeys > 0 && isGuarded, Mark.KEYS_UNDER_GUARD);
    hitIf(upserted(changes).stream().anyMatch(RegistryMarks::isSuspect), Mark.FLOOR_KEPT);
  }

  private void ofKeys(Change change) {
    switch (change) {
      case Change.KeyPut(var entry, var previous) ->
          hitIf(
              previous.filter(before -> before.leaseId() != entry.leaseId()).isPresent(),
              Mark.KEY_MOVED);
      case Change.KeyDeleted(var previous, var cause) ->
          hitIf(cause == Change.KeyCause.LEASE_ENDED, Mark.KEY_WENT);
      default -> {}
    }
  }

  private static int leasesThatTookKeys(List<Change> changes) {
    var leases = new HashSet<Long>();
    for (Change each : changes) {
      if (each instanceof Change.KeyDeleted(var previous, var cause)) {
        leases.add(previous.leaseId());
      }
    }
    return leases.size();
  }

  private static List<RegisteredInstance> upserted(List<Change> changes) {
    var upserted = new ArrayList<RegisteredInstance>();
    for (Change each : changes) {
      if (each instanceof Change.Upserted(var instance, var previous)) {
        upserted.add(instance);
      }
    }
    return upserted;
  }

  private static boolean isSuspect(RegisteredInstance instance) {
    return instance.standing().isSuspect();
  }

  private void hitIf(boolean holds, Mark mark) {
    if (holds) {
      marks.hit(mark);
    }
  }
}
