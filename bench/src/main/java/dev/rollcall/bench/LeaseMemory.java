package dev.rollcall.bench;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.LeaseExpirer;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a lease takes on the heap of a leader, beside the instance that it carries: its place in the
 * table, which every node has, and its deadline, which the leader has. Measured, not reckoned: the
 * heap in use after a collection, before and after, with the instances' keys there all the time.
 * Arrays grow by steps, so numbers of leases around the one asked for are measured too.
 */
public final class LeaseMemory {
  private static final int COLLECTIONS = 4;

  /** In per mille of the number asked for. */
  private static final int[] SIZES = {700, 800, 900, 1_000, 1_000, 1_000, 1_100, 1_200, 1_300};

  private LeaseMemory() {}

  /**
   * The figure.
   *
   * @param arguments how many leases; 1,000,000 when there is none
   */
  public static void main(String[] arguments) {
    int asked = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
    System.out.printf("%12s %14s %14s %14s%n", "leases", "table", "deadlines", "B a lease");
    measure(asked / 10); // warms up, and loads classes
    var all = new ArrayList<Double>();
    for (int perMille : SIZES) {
      all.add(measure(asked / 1_000 * perMille));
    }
    all.sort(null);
    System.out.printf(
        "bytes a lease: median %.1f, %.1f to %.1f%n",
        all.get(all.size() / 2), all.getFirst(), all.getLast());
  }

  // What throws here ends the measurement, so nothing need stay reachable then.
  @SuppressWarnings("ReachabilityFenceUsage")
  private static double measure(int leases) {
    var keys = keys(leases);
    long empty = heapInUse();
    var table = new LeaseTable();
    for (int i = 0; i < leases; i++) {
      table.put(new Lease(1L + i, 10_000, "default", true, List.of(keys.get(i))));
    }
    // As in a life: leases come and go, and others take their places.
    var random = new Random(leases);
    for (int i = 0; i < leases / 10; i++) {
      int lease = random.nextInt(leases);
      table.remove(1L + lease);
      table.put(new Lease(1L + lease, 10_000, "default", true, List.of(keys.get(lease))));
    }
    long held = heapInUse();
    var expirer = LeaseExpirer.unguarded(table, (term, ids, settled) -> {}, Clock.SYSTEM, 4);
    expirer.leadershipStarted(1);
    long watched = heapInUse();
    double ofTable = (held - empty) / (double) leases;
    double ofDeadlines = (watched - held) / (double) leases;
    System.out.printf(
        "%12d %14.1f %14.1f %14.1f%n", expirer.size(), ofTable, ofDeadlines, ofTable + ofDeadlines);
    Reference.reachabilityFence(keys);
    Reference.reachabilityFence(table);
    Reference.reachabilityFence(expirer);
    return ofTable + ofDeadlines;
  }

  private static List<InstanceKey> keys(int count) {
    var service = new ServiceKey("default", "bench");
    var keys = new InstanceKey[count];
    Arrays.setAll(keys, i -> new InstanceKey(service, "i-" + i));
    return Arrays.asList(keys);
  }

  private static long heapInUse() {
    var memory = ManagementFactory.getMemoryMXBean();
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
    }
    return memory.getHeapMemoryUsage().getUsed();
  }
}
