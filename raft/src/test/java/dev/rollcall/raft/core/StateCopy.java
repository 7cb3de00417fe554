package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.List;

/**
 * A snapshot of a state machine that remembers everything.
 *
 * @param applied all it has applied, the entry with index i at i - 1; the first holds the members
 * @param term term that its giver was in
 */
record StateCopy(List<Entry> applied, long term) {
  StateCopy {
    applied = List.copyOf(applied);
  }

  /** Where a log goes on that stands on this. */
  LogStart start() {
    Entry members =
        applied.reversed().stream()
            .filter(entry -> entry.kind() == EntryKind.CONFIGURATION)
            .findFirst()
            .orElseThrow();
    var configuration = Configuration.decode(members.payload());
    return new LogStart(
        applied.getLast().id(), new ConfigurationAt(members.index(), configuration));
  }

  long lastIndex() {
    return applied.size();
  }
}
