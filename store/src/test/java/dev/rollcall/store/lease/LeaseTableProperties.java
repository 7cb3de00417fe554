package dev.rollcall.store.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A random life of the table, and of the index below it, against maps. */
class LeaseTableProperties {
  private static final int RUNS = 50;
  private static final int STEPS = 2_000;

  @Test
  void anIndexKnowsEachIdAndItsSlot() {
    long seed = System.nanoTime();
    for (int run = 0; run < RUNS; run++) {
      var random = new Random(seed + run);
      var index = new SlotIndex();
      var slots = new HashMap<Long, Integer>();
      // Few different ids meet again and again; the sparse ones hash all over.
      long spread = random.nextBoolean() ? 1 : random.nextLong(1L << 40);
      for (int step = 0; step < STEPS; step++) {
        long id = 1L + random.nextInt(400) * spread;
        var slot = slots.get(id);
        assertThat(index.find(id)).as("seed %d", seed + run).isEqualTo(slot == null ? -1 : slot);
        if (slot == null) {
          int given = index.add(id);
          assertThat(given).isBetween(0, index.capacity() - 1);
          assertThat(slots.values()).as("seed %d", seed + run).doesNotContain(given);
          slots.put(id, given);
        } else if (random.nextInt(3) > 0) {
          index.remove(slot);
          slots.remove(id);
        }
        assertThat(index.size()).isEqualTo(slots.size());
      }
      slots.forEach((id, slot) -> assertThat(index.find(id)).isEqualTo(slot));
      slots.forEach((id, slot) -> assertThat(index.id(slot)).isEqualTo(id));
      assertThat(index.sortedIds())
          .containsExactly(slots.keySet().stream().sorted().mapToLong(Long::longValue).toArray());
    }
  }

  @Test
  void theTableHoldsWhatWasPutIntoIt() {
    long seed = System.nanoTime();
    for (int run = 0; run < RUNS; run++) {
      new Life(seed + run).live();
    }
  }

  private static final class Life {
    private final long seed;
    private final Random random;
    private final LeaseTable table = new LeaseTable();
    private final TreeMap<Long, Lease> model = new TreeMap<>();

    private Life(long seed) {
      this.seed = seed;
      random = new Random(seed);
    }

    private void live() {
      for (int step = 0; step < STEPS; step++) {
        long id = 1L + random.nextInt(100);
        var lease = model.get(id);
        if (lease == null) {
          put(id);
        } else {
          change(lease);
        }
        assertThat(table.find(id).orElse(null)).as("seed %d", seed).isEqualTo(model.get(id));
      }
      var visited = new ArrayList<Lease>();
      table.forEach(visited::add);
      assertThat(visited).as("seed %d", seed).isEqualTo(List.copyOf(model.values()));
      var ids = new ArrayList<Long>();
      table.forEachTtl((id, ttlMillis, isSuspect) -> ids.add(id));
      assertThat(ids).isEqualTo(List.copyOf(model.keySet()));
      assertThat(table.size()).isEqualTo(model.size());
      Map<String, Integer> sizes = new HashMap<>();
      model.values().forEach(lease -> sizes.merge(lease.foldedNamespace(), 1, Integer::sum));
      for (String namespace : List.of("n-0", "n-1", "n-2", "n-3")) {
        assertThat(table.size(namespace)).isEqualTo(sizes.getOrDefault(namespace, 0));
        assertThat(table.suspects(namespace))
            .isEqualTo(
                model.values().stream()
                    .filter(lease -> lease.foldedNamespace().equals(namespace))
                    .filter(Lease::isSuspect)
                    .count());
      }
    }

    private void put(long id) {
      boolean endsWithLast = random.nextBoolean();
      var keys = keys(endsWithLast ? 1 + random.nextInt(4) : random.nextInt(4));
      String namespace = "n-" + random.nextInt(3);
      var lease = new Lease(id, 1_000 + random.nextInt(86_399_001), namespace, endsWithLast, keys);
      table.put(lease);
      model.put(id, lease);
    }

    private void change(Lease lease) {
      switch (random.nextInt(6)) {
        case 0 -> {
          table.remove(lease.id());
          model.remove(lease.id());
        }
        case 1, 2 -> {
          var more = keys(1 + random.nextInt(3));
          table.attach(lease.id(), more);
          var all = new TreeSet<>(lease.instances());
          all.addAll(more);
          model.put(lease.id(), lease.withInstances(List.copyOf(all)));
          // The key kept is the one given last, which is the one that the instance has.
          for (var key : more) {
            assertThat(table.find(lease.id()).orElseThrow().instances())
                .anySatisfy(kept -> assertThat(kept).isSameAs(key));
          }
        }
        case 3 -> {
          boolean isSuspect = random.nextBoolean();
          table.setSuspect(lease.id(), isSuspect);
          model.put(lease.id(), lease.withSuspicion(isSuspect));
        }
        default -> detach(lease);
      }
    }

    private void detach(Lease lease) {
      if (lease.instances().isEmpty()) {
        return;
      }
      var left = new ArrayList<>(lease.instances());
      var key = left.remove(random.nextInt(left.size()));
      boolean ended = table.detach(lease.id(), key);
      assertThat(ended).isEqualTo(left.isEmpty() && lease.endsWithLastInstance());
      if (ended) {
        model.remove(lease.id());
      } else {
        model.put(lease.id(), lease.withInstances(left));
      }
    }

    private List<InstanceKey> keys(int count) {
      var keys = new TreeSet<InstanceKey>();
      for (int i = 0; i < count; i++) {
        keys.add(new InstanceKey(new ServiceKey("n", "s"), "i-" + random.nextInt(8)));
      }
      return List.copyOf(keys);
    }
  }
}
