package dev.rollcall.store.instance;

import dev.rollcall.store.Invariant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Overrides by instance, whether that is registered or not, and when overrides and drains end.
 * Written on the apply thread; {@link #override} and {@link #overrides} are open to all threads,
 * which may see a change a moment before its range is published.
 */
public final class StandingTable {
  private final ConcurrentSkipListMap<InstanceKey, StatusOverride> overrides =
      new ConcurrentSkipListMap<>();

  private final TreeSet<Deadline> deadlines = new TreeSet<>();

  /** What ends at a deadline. In the order in which they end when they do at the same time. */
  public enum Kind {
    /** An override is taken back. */
    OVERRIDE,
    /** A draining instance is taken for terminating. */
    DRAIN
  }

  /** When something ends, by the replicated clock. */
  public record Deadline(long wallMillis, Kind kind, InstanceKey key)
      implements Comparable<Deadline> {
    @Override
    public int compareTo(Deadline other) {
      int byTime = Long.compare(wallMillis, other.wallMillis);
      if (byTime != 0) {
        return byTime;
      }
      int byKey = key.compareTo(other.key);
      return byKey != 0 ? byKey : kind.compareTo(other.kind);
    }
  }

  /** What an operator says of the instance. Any thread. */
  public Optional<StatusOverride> override(InstanceKey key) {
    return Optional.ofNullable(overrides.get(key));
  }

  /**
   * Overrides of a namespace in order of key. Any thread.
   *
   * @param from the first key to look at
   */
  public List<Map.Entry<InstanceKey, StatusOverride>> overrides(InstanceKey from, int limit) {
    var page = new ArrayList<Map.Entry<InstanceKey, StatusOverride>>();
    String namespace = from.service().foldedNamespace();
    for (var each : overrides.tailMap(from, true).entrySet()) {
      if (page.size() == limit || !each.getKey().service().foldedNamespace().equals(namespace)) {
        break;
      }
      page.add(each);
    }
    return Collections.unmodifiableList(page);
  }

  /** Sets an override, in the place of one that is there. */
  public void putOverride(InstanceKey key, StatusOverride override) {
    removeOverride(key);
    overrides.put(key, override);
    if (override.expiresWallMillis() != 0) {
      deadlines.add(new Deadline(override.expiresWallMillis(), Kind.OVERRIDE, key));
    }
  }

  /** Takes an override back, if there is one. */
  public void removeOverride(InstanceKey key) {
    var before = overrides.remove(key);
    if (before != null && before.expiresWallMillis() != 0) {
      remove(new Deadline(before.expiresWallMillis(), Kind.OVERRIDE, key));
    }
  }

  /** A live instance stands otherwise than before, or begins, or ends. */
  public void restand(InstanceKey key, Standing before, Standing after) {
    if (before.drainDeadlineWallMillis() == after.drainDeadlineWallMillis()) {
      return;
    }
    if (before.lifecycle() == Lifecycle.DRAINING) {
      remove(new Deadline(before.drainDeadlineWallMillis(), Kind.DRAIN, key));
    }
    if (after.lifecycle() == Lifecycle.DRAINING) {
      deadlines.add(new Deadline(after.drainDeadlineWallMillis(), Kind.DRAIN, key));
    }
  }

  /** The deadline that comes first. */
  public OptionalLong nextDeadline() {
    return deadlines.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(deadlines.first().wallMillis());
  }

  /** The deadlines that have passed at this time, the first ones, in order; they stay. */
  public List<Deadline> due(long wallMillis, int limit) {
    if (deadlines.isEmpty() || deadlines.first().wallMillis() > wallMillis) {
      return List.of();
    }
    return deadlines.stream()
        .takeWhile(deadline -> deadline.wallMillis() <= wallMillis)
        .limit(limit)
        .toList();
  }

  private void remove(Deadline deadline) {
    Invariant.check(deadlines.remove(deadline), "no deadline %s", deadline);
  }
}
