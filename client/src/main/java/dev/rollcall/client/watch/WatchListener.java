package dev.rollcall.client.watch;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import java.util.List;
import java.util.Optional;

/** Hears what happens in one service. Called on the loop; must not block. */
public interface WatchListener {
  /**
   * What operators laid down for the service from now on; empty when nothing. Comes before the
   * state or the change of the revision that made it so.
   */
  void specified(Optional<ServiceSpec> spec);

  /** The whole state, in order of id, in place of everything told before. */
  void replaced(long revision, List<ServiceInstance> instances);

  /** What one revision changed. */
  void changed(long revision, List<ServiceInstance> upserts, List<String> removedIds);

  /** Nothing else happened up to a revision. */
  void progressed(long revision);

  /**
   * The registry was restored: revisions count anew, and the next state may be of a lower one.
   * Comes before that state.
   */
  void historyChanged();

  /** What was told is up to date, as far as a node can know that hears its leader. */
  void fresh();

  /** What was told may be out of date from now on; the reason is one line for people. */
  void stale(String cause);
}
