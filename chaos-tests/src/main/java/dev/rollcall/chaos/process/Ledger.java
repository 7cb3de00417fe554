package dev.rollcall.chaos.process;

import dev.rollcall.client.ServiceInstance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What was acknowledged: the client's side of the promise. Any thread. */
final class Ledger {
  private final Map<String, List<Entry>> byService = new TreeMap<>();
  private long size;

  /**
   * An acknowledged registration.
   *
   * @param instance as registered
   * @param sentNanos before it was sent
   * @param acknowledgedNanos after it was acknowledged
   */
  record Entry(ServiceInstance instance, long sentNanos, long acknowledgedNanos) {
    long revision() {
      return instance.registered().createRevision();
    }

    private boolean is(ServiceInstance found) {
      return found.registered().equals(instance.registered())
          && found.endpoints().equals(instance.endpoints());
    }
  }

  synchronized void add(Entry entry) {
    byService.computeIfAbsent(entry.instance.service(), service -> new ArrayList<>()).add(entry);
    size++;
  }

  synchronized long size() {
    return size;
  }

  /**
   * What should be there and is not, or is there as something else.
   *
   * @param read the instances of a service
   * @param due which entries must be there
   */
  synchronized List<Entry> lost(
      Function<String, List<ServiceInstance>> read, Predicate<Entry> due) {
    var lost = new ArrayList<Entry>();
    byService.forEach((service, entries) -> {
      Map<String, ServiceInstance> found =
          read.apply(service).stream()
              .collect(Collectors.toMap(ServiceInstance::id, Function.identity()));
      for (Entry entry : entries) {
        ServiceInstance instance = found.get(entry.instance.id());
        if (due.test(entry) && (instance == null || !entry.is(instance))) {
          lost.add(entry);
        }
      }
    });
    return lost;
  }

  /**
   * Revisions are each of one registration, and follow real time: what was sent after another was
   * acknowledged has the higher one.
   *
   * @throws ChaosFailure when not
   */
  synchronized void requireOrder() {
    var entries = new ArrayList<Entry>();
    byService.values().forEach(entries::addAll);
    entries.sort(Comparator.comparingLong(Entry::sentNanos));
    var open = new PriorityQueue<>(Comparator.comparingLong(Entry::acknowledgedNanos));
    var byRevision = new HashMap<Long, Entry>();
    long floor = 0; // highest revision acknowledged before the entry at hand was sent
    for (Entry entry : entries) {
      while (!open.isEmpty() && open.element().acknowledgedNanos < entry.sentNanos) {
        floor = Math.max(floor, open.remove().revision());
      }
      if (entry.revision() <= floor) {
        throw new ChaosFailure(
            "revision %d was acknowledged, and later %s got %d"
                .formatted(floor, entry.instance, entry.revision()));
      }
      Entry twin = byRevision.put(entry.revision(), entry);
      if (twin != null) {
        throw new ChaosFailure(
            "one revision for two: %s and %s".formatted(twin.instance, entry.instance));
      }
      open.add(entry);
    }
  }
}
