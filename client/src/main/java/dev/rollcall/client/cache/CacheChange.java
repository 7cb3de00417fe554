package dev.rollcall.client.cache;

import dev.rollcall.client.ServiceInstance;
import java.util.ArrayList;
import java.util.List;

/**
 * How a service changed since the listener was last called; several revisions may be joined. All
 * lists are in order of instance id.
 *
 * @param revision up to which this goes
 * @param added new ones
 * @param updated ones that were there, as they are now
 * @param removed ones that are gone, as they were
 * @param instances all there are now
 */
public record CacheChange(
    long revision,
    List<ServiceInstance> added,
    List<ServiceInstance> updated,
    List<ServiceInstance> removed,
    List<ServiceInstance> instances) {

  /** Both lists in order of id. */
  static CacheChange between(
      List<ServiceInstance> before, List<ServiceInstance> after, long revision) {
    var added = new ArrayList<ServiceInstance>();
    var updated = new ArrayList<ServiceInstance>();
    var removed = new ArrayList<ServiceInstance>();
    int b = 0;
    int a = 0;
    while (b < before.size() || a < after.size()) {
      int order = order(before, b, after, a);
      if (order < 0) {
        removed.add(before.get(b++));
      } else if (order > 0) {
        added.add(after.get(a++));
      } else {
        if (!before.get(b).equals(after.get(a))) {
          updated.add(after.get(a));
        }
        b++;
        a++;
      }
    }
    return new CacheChange(
        revision, List.copyOf(added), List.copyOf(updated), List.copyOf(removed), after);
  }

  /** Which of the two next ones comes first; a list that is used up comes last. */
  private static int order(
      List<ServiceInstance> before, int b, List<ServiceInstance> after, int a) {
    if (b == before.size()) {
      return 1;
    }
    return a == after.size() ? -1 : before.get(b).id().compareTo(after.get(a).id());
  }
}
