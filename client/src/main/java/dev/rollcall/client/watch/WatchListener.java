package dev.rollcall.client.watch;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import java.util.List;
import java.util.Optional;

/** Hears what happens in one service. Called on the loop; must not block. */
public interface WatchListener extends StateListener {
  /**
   * What operators laid down for the service from now on; empty when nothing. Comes before the
   * state or the change of the revision that made it so.
   */
  void specified(Optional<ServiceSpec> spec);

  /** The whole state, in order of id, in place of everything told before. */
  void replaced(long revision, List<ServiceInstance> instances);

  /** What one revision changed: ids that are gone, or no longer fit the watch's filter. */
  void changed(long revision, List<ServiceInstance> upserts, List<String> removedIds);
}
