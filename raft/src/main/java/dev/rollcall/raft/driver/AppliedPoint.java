package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a log would begin that belongs to the state as it is: the last entry applied, and the
 * configuration in force there. Apply thread.
 */
final class AppliedPoint {
  private EntryId last;
  private @Nullable ConfigurationAt configuration;

  private AppliedPoint(EntryId last, @Nullable ConfigurationAt configuration) {
    this.last = last;
    this.configuration = configuration;
  }

  /** That of a state to which nothing was applied. */
  static AppliedPoint none() {
    return new AppliedPoint(EntryId.NONE, null);
  }

  /**
   * As a log and a state machine are at the start.
   *
   * @param last entry applied
   */
  static AppliedPoint of(Restored restored, EntryId last) {
    ConfigurationAt inForce = null;
    for (ConfigurationAt each : restored.configurations()) {
      if (each.index() <= last.index()) {
        inForce = each;
      }
    }
    return new AppliedPoint(last, inForce);
  }

  void applied(List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.kind() == EntryKind.CONFIGURATION) {
        configuration = new ConfigurationAt(entry.index(), Configuration.decode(entry.payload()));
      }
    }
    last = entries.getLast().id();
  }

  void installed(LogStart start) {
    last = start.previous();
    configuration = start.configuration();
  }

  /** Empty as long as no configuration was applied. */
  Optional<LogStart> start() {
    var inForce = configuration;
    return inForce == null ? Optional.empty() : Optional.of(new LogStart(last, inForce));
  }
}
