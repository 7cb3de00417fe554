package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StandingTable;
import dev.rollcall.store.instance.StandingTable.Deadline;
import dev.rollcall.store.instance.StatusOverride;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Judges and has carried out what is said of instances beside their registrations: lifecycle,
 * overrides, and the deadlines of both by the replicated clock. Apply thread.
 */
final class StandingApplier {
  /** Deadlines that pass with one entry; the others pass with the next, so that no row is huge. */
  static final int DEADLINES_MAX = 1_000;

  private final Counters counters;
  private final InstanceTable instances;
  private final StandingTable standings;
  private final RevisionWriter writer;

  StandingApplier(
      Counters counters, InstanceTable instances, StandingTable standings, RevisionWriter writer) {
    this.counters = counters;
    this.instances = instances;
    this.standings = standings;
    this.writer = writer;
  }

  Outcome apply(Command.SetLifecycle command) {
    var live = instances.live(command.key());
    if (live == null) {
      return new Outcome.InstanceNotFound(counters.revision, command.key());
    }
    long incarnation = live.instance().incarnation();
    if (command.incarnation() != 0 && command.incarnation() != incarnation) {
      return new Outcome.StaleIncarnation(counters.revision, command.key(), incarnation);
    }
    long deadline =
        command.lifecycle() == Lifecycle.DRAINING ? counters.wallMillis + command.graceMillis() : 0;
    return restand(live, live.standing().with(command.lifecycle(), deadline));
  }

  Outcome apply(Command.SetOverride command) {
    long expires = command.ttlMillis() == 0 ? 0 : counters.wallMillis + command.ttlMillis();
    var override = new StatusOverride(command.status(), command.actor(), command.reason(), expires);
    if (!standings.override(command.key()).equals(Optional.of(override))) {
      writer.putOverride(command.key(), override);
    }
    return new Outcome.OverrideSet(follow(command.key(), Optional.of(override)), override);
  }

  Outcome apply(Command.ClearOverride command) {
    boolean existed = standings.override(command.key()).isPresent();
    if (existed) {
      writer.removeOverride(command.key());
    }
    return new Outcome.OverrideCleared(follow(command.key(), Optional.empty()), existed);
  }

  /** Ends what is due by the replicated clock: at one revision, if that changes any instance. */
  void passDeadlines() {
    List<Deadline> due = standings.due(counters.wallMillis, DEADLINES_MAX);
    if (due.isEmpty()) {
      return;
    }
    // An instance may have both end: it changes once.
    var changed = new TreeMap<InstanceKey, Standing>();
    var unregistered = new TreeSet<InstanceKey>();
    for (Deadline deadline : due) {
      var key = deadline.key();
      var live = instances.live(key);
      if (deadline.kind() == StandingTable.Kind.OVERRIDE) {
        unregistered.add(key);
      }
      if (live != null) {
        var before = changed.getOrDefault(key, live.standing());
        changed.put(key, after(deadline, before));
      }
    }
    unregistered.forEach(writer::removeOverride);
    changed.forEach((key, standing) -> {
      var live = instances.live(key);
      if (live != null) {
        writer.restand(live, standing);
      }
    });
    if (!changed.isEmpty()) {
      writer.commit();
    }
  }

  private static Standing after(Deadline deadline, Standing before) {
    return switch (deadline.kind()) {
      case OVERRIDE -> before.with(Optional.empty());
      case DRAIN -> before.with(Lifecycle.TERMINATING, 0);
    };
  }

  /** The instance, if it is registered, stands under this override; the revision after that. */
  private long follow(InstanceKey key, Optional<StatusOverride> override) {
    var live = instances.live(key);
    return live == null
        ? counters.revision
        : restand(live, live.standing().with(override)).revision();
  }

  private Outcome restand(RegisteredInstance live, Standing standing) {
    if (standing.equals(live.standing())) {
      return new Outcome.Updated(live.modRevision(), live);
    }
    var changed = writer.restand(live, standing);
    return new Outcome.Updated(writer.commit(), changed);
  }
}
