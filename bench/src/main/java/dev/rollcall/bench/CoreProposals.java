package dev.rollcall.bench;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.RaftEvent.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Proposals through three cores in one thread, 64 at a time, until all three have applied them:
 * every message, write and application is stepped, nothing is copied to a disk or a wire. The time
 * is that of one proposal in the thread of all three; the median of it stands for the core even
 * where other programs take turns on the processor.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class CoreProposals {
  private static final int BATCH = 64;
  private static final int PAYLOAD_BYTES = 256;

  private final Payload payload = Payload.wrap(new byte[PAYLOAD_BYTES]);
  private MemoryGroup group;
  private long ticket;

  @Setup
  public void elect() {
    group = new MemoryGroup(3);
    group.electFirst();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long proposals() {
    List<Proposal> proposals = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      proposals.add(new Proposal(++ticket, 0, payload));
    }
    return group.propose(proposals);
  }
}
