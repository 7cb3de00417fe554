package dev.rollcall.chaos.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pairs the calls and returns of a log with one line for each; moments are the numbers of lines. A
 * process has one operation at a time. One whose outcome is unknown was its last: the client goes
 * on under another number.
 */
final class Pairing<I, O> {
  private record Call<I>(I input, int line) {}

  private final Map<Long, Call<I>> underWay = new TreeMap<>();
  private final Map<Long, Integer> endedAt = new TreeMap<>();
  private final List<Operation<I, O>> operations = new ArrayList<>();

  /** A process asks. */
  void called(long process, I input, int line) throws UnreadableHistory {
    Integer end = endedAt.get(process);
    if (end != null) {
      throw new UnreadableHistory(
          line, "process " + process + " goes on after its unknown outcome in line " + end);
    }
    Call<I> before = underWay.put(process, new Call<>(input, line));
    if (before != null) {
      throw new UnreadableHistory(
          line, "process " + process + " has not returned from its call in line " + before.line);
    }
  }

  /** What a process that returns had asked for. */
  I asked(long process, int line) throws UnreadableHistory {
    return required(underWay.get(process), process, line).input;
  }

  /** A process has its answer. */
  void answered(long process, O output, int line) throws UnreadableHistory {
    Call<I> call = ended(process, line);
    operations.add(new Operation<>(process, call.input, Optional.of(output), call.line, line));
  }

  /** A process knows that nothing was done: the operation leaves no trace. */
  void refused(long process, int line) throws UnreadableHistory {
    ended(process, line);
  }

  /** A process does not know what became of its call; nor will it. */
  void unknown(long process, int line) throws UnreadableHistory {
    leaveOpen(process, ended(process, line));
    endedAt.put(process, line);
  }

  /** All operations; calls without a return are unknown as well. */
  List<Operation<I, O>> operations() {
    underWay.forEach(this::leaveOpen);
    underWay.clear();
    return operations;
  }

  private Call<I> ended(long process, int line) throws UnreadableHistory {
    return required(underWay.remove(process), process, line);
  }

  private static <I> Call<I> required(@Nullable Call<I> call, long process, int line)
      throws UnreadableHistory {
    if (call == null) {
      throw new UnreadableHistory(line, "process " + process + " returns and has not called");
    }
    return call;
  }

  private void leaveOpen(long process, Call<I> call) {
    operations.add(
        new Operation<>(process, call.input, Optional.empty(), call.line, Operation.NEVER));
  }
}
