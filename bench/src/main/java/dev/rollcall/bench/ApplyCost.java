package dev.rollcall.bench;

import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.rocks.RocksOrderedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench apply}: what it takes to apply registrations that the log has committed, with index,
 * digest and change log, over RocksDB. In time of a core: that of all threads of the process, so
 * RocksDB's and the collector's as well, which is not what the neighbours take. 64 entries at a
 * time.
 */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = "Registrations applied through the store, a second of one core.")
final class ApplyCost implements Callable<Integer> {
  private static final int ENTRIES_A_RANGE = 64;
  private static final int ROWS_MAX = 3;
  private static final int GOAL = 80_000;
  private static final int WARM_UP_ROUNDS = 10;

  @Option(names = "--rounds", defaultValue = "10", description = "Measured; ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--registrations",
      defaultValue = "51200",
      description = "In a round; ${DEFAULT-VALUE}.")
  private int registrations;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  private long index;

  @Override
  public Integer call() {
    var ofAll = new ArrayList<Double>();
    var ofApply = new ArrayList<Double>();
    var walls = new ArrayList<Double>();
    double rowsEach;
    try (var scratch = Scratch.below(directory);
        var rows = new CountingRows(RocksOrderedStore.open(scratch.directory().resolve("state")));
        var store = RegistryStore.open(rows)) {
      long reads = rows.reads();
      for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
        List<List<LogEntry>> ranges = ranges();
        long own = CpuTime.ofThreadNanos();
        long all = CpuTime.ofProcessNanos();
        long start = System.nanoTime();
        ranges.forEach(store::apply);
        if (round >= 0) {
          walls.add(registrations * 1e9 / (System.nanoTime() - start));
          ofAll.add(registrations * 1e9 / (CpuTime.ofProcessNanos() - all));
          ofApply.add(registrations * 1e9 / (CpuTime.ofThreadNanos() - own));
        }
      }
      rowsEach = (double) (rows.written() - rows.batches()) / index;
      if (rows.reads() != reads) {
        System.out.printf("FAILED: apply read from RocksDB %,d times%n", rows.reads() - reads);
        return 1;
      }
    }
    Spread perCore = Spread.of(ofAll);
    System.out.printf(
        "apply: registrations a second of one core, all threads: %s%n", perCore.show("%,.0f"));
    System.out.printf("apply: of the apply thread alone: %s%n", Spread.of(ofApply).show("%,.0f"));
    System.out.printf(
        "apply: a second of the clock, as it ran: %s%n", Spread.of(walls).show("%,.0f"));
    System.out.printf(
        "apply: %.2f rows a registration (and one a range), at most %d; no read from RocksDB; goal"
            + " %,d%n",
        rowsEach, ROWS_MAX, GOAL);
    return rowsEach <= ROWS_MAX ? 0 : 1;
  }

  /** Not measured: the log would have read them. */
  private List<List<LogEntry>> ranges() {
    var ranges = new ArrayList<List<LogEntry>>();
    for (int done = 0; done < registrations; done += ENTRIES_A_RANGE) {
      ranges.add(
          LongStream.rangeClosed(index + 1, index + ENTRIES_A_RANGE)
              .mapToObj(Instances::entry)
              .toList());
      index += ENTRIES_A_RANGE;
    }
    return ranges;
  }
}
