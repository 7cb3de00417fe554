package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.ServiceKey;

/**
 * Drops the beginning of the change log (docs/adr/0012-what-outlives-the-change-log.md). What is
 * forgotten with it, each node forgets at the same entry: a row goes only together with what a
 * restart would derive from it. Makes no revision. Apply thread.
 */
final class CompactionApplier {
  private final Counters counters;
  private final InstanceTable instances;
  private final ChangeLogTally changeLog;
  private final RowWriter rows;

  CompactionApplier(
      Counters counters, InstanceTable instances, ChangeLogTally changeLog, RowWriter rows) {
    this.counters = counters;
    this.instances = instances;
    this.changeLog = changeLog;
    this.rows = rows;
  }

  Outcome apply(Command.CompactChanges command) {
    long first = counters.compactRevision;
    long end =
        Math.min(
            first + Command.CompactChanges.REVISIONS_MAX,
            Math.min(command.revision(), counters.revision + 1));
    if (end > first) {
      for (long revision = first; revision < end; revision++) {
        rows.deleteChanges(revision);
      }
      instances.forgetBelow(end, new Rows());
      changeLog.dropBelow(end);
      counters.compactRevision = end;
    }
    return new Outcome.ChangesCompacted(counters.revision, counters.compactRevision);
  }

  /** Keeps revisions of services in rows. */
  private final class Rows implements InstanceTable.RevisionKeeper {
    @Override
    public void keep(ServiceKey service, long revision) {
      rows.putRevision(service, revision);
    }

    @Override
    public void drop(ServiceKey service) {
      rows.deleteRevision(service);
    }
  }
}
