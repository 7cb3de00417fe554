package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.ArrayList;
import java.util.List;

/**
 * The configurations in the log, by index. The last one is in force, from the moment it is
 * appended, committed or not (thesis §4.1); when its entry is truncated the one before is in force
 * again.
 */
final class ConfigurationHistory {
  private final List<ConfigurationAt> byIndex;

  ConfigurationHistory(List<ConfigurationAt> restored) {
    byIndex = new ArrayList<>(restored);
  }

  /** The one in force. */
  Configuration current() {
    return byIndex.getLast().configuration();
  }

  /** Index of the entry of the one in force. */
  long currentIndex() {
    return byIndex.getLast().index();
  }

  /** Whether the last configuration up to the commit index says that this id was removed. */
  boolean isRemoved(NodeId id, long commitIndex) {
    for (ConfigurationAt at : byIndex.reversed()) {
      if (at.index() <= commitIndex) {
        return at.configuration().removed().contains(id);
      }
    }
    return false;
  }

  /**
   * Whether this node may stand for election: it is a voter, or is one no more by a configuration
   * that is not known to be committed. Such a node is still needed: if it alone has that entry, the
   * remaining voters cannot be elected against it (thesis §4.2.2). It does not count itself.
   */
  boolean mayStand(NodeId id, long commitIndex) {
    for (ConfigurationAt at : byIndex.reversed()) {
      if (at.configuration().isVoter(id)) {
        return true;
      }
      if (at.index() <= commitIndex) {
        return false;
      }
    }
    return false;
  }

  /** The log begins anew, with this one in force. */
  void restart(ConfigurationAt configuration) {
    byIndex.clear();
    byIndex.add(configuration);
  }

  /** The log has forgotten the entries before this index. */
  void forgetBefore(long first) {
    while (byIndex.size() > 1 && byIndex.get(1).index() < first) {
      byIndex.removeFirst();
    }
  }

  /** Looks at an entry that was appended. */
  void appended(Entry entry) {
    if (entry.kind() == EntryKind.CONFIGURATION) {
      byIndex.add(new ConfigurationAt(entry.index(), Configuration.decode(entry.payload())));
    }
  }

  /** The entries from this index on were taken back. */
  void truncatedFrom(long index) {
    while (byIndex.getLast().index() >= index) {
      byIndex.removeLast();
      Invariant.check(!byIndex.isEmpty(), "truncating at %d leaves no configuration", index);
    }
  }
}
