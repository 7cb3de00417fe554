package dev.rollcall.chaos.check;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StatusOverride;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The overrides of a {@link PlainRegistry}: of keys, whether anybody is registered or not. */
final class PlainOverrides {
  private final TreeMap<InstanceKey, StatusOverride> byKey = new TreeMap<>();

  Optional<StatusOverride> of(InstanceKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  Map<InstanceKey, StatusOverride> all() {
    return byKey;
  }

  void put(InstanceKey key, StatusOverride override) {
    byKey.put(key, override);
  }

  /** Whether there was one. */
  boolean remove(InstanceKey key) {
    return byKey.remove(key) != null;
  }

  /** Forgets those that are over. */
  void removeOver(long wallMillis) {
    byKey.values().removeIf(each -> isOver(each, wallMillis));
  }

  /**
   * How an instance stands at a time, by the clock of the log: as it does, but for what is over.
   */
  static Standing at(RegisteredInstance live, long wallMillis) {
    Standing now = live.standing();
    if (now.override().filter(each -> isOver(each, wallMillis)).isPresent()) {
      now = now.with(Optional.empty());
    }
    boolean isDrained =
        now.lifecycle() == Lifecycle.DRAINING && now.drainDeadlineWallMillis() <= wallMillis;
    return isDrained ? now.with(Lifecycle.TERMINATING, 0) : now;
  }

  /** Those of the live whose standing a time ends, in order of key. */
  static List<RegisteredInstance> ending(Map<InstanceKey, RegisteredInstance> live, long wall) {
    return live.values().stream().filter(each -> !at(each, wall).equals(each.standing())).toList();
  }

  private static boolean isOver(StatusOverride override, long wallMillis) {
    return override.expiresWallMillis() != 0 && override.expiresWallMillis() <= wallMillis;
  }
}
