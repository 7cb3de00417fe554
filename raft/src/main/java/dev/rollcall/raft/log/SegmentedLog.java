package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogReader;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Ready;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.log.Recovery.Recovered;
import dev.rollcall.raft.log.SegmentWriter.Batch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The log of one node on its disk: entries, term and vote, commit index, in one stream of batches
 * over segment files, made durable by one force for any number of appends (docs/log-format.md).
 *
 * <p>Two threads, each its own methods. The log writer's: {@link #append}, {@link #truncateSuffix},
 * {@link #dropPrefix}, {@link #force}, {@link #prepareSpare}, {@link #spareIsDue}. The raft
 * thread's: the {@link LogReader}. They meet in one immutable {@link LogView}, published after each
 * force, so readers see what is durable and nothing else, and neither waits for the other. Whoever
 * closes it has stopped both.
 *
 * <p>After a {@link LogFailure}, or any other exception out of the writer's methods, it refuses
 * everything: the node stops.
 */
public final class SegmentedLog implements LogReader, AutoCloseable {
  private final LogConfig config;
  private final LogState state; // the writer's, after the start
  private final SegmentWriter writer;
  private final EntryReader reader;
  private boolean forced = true;
  private volatile boolean reading;
  private volatile LogView view;
  private volatile @Nullable Throwable failure;

  private SegmentedLog(Disk disk, LogConfig config, SegmentWriter writer) {
    this.config = config;
    this.writer = writer;
    this.state = writer.state();
    this.reader = new EntryReader(disk);
    this.view = LogView.of(state, writer.segments());
  }

  /** Whether the disk holds a log, whole or damaged; one that was being created is none. */
  public static boolean exists(Disk disk) {
    try {
      return !Segment.ids(disk.list()).isEmpty();
    } catch (IOException e) {
      throw new LogFailure("can not read " + disk.path("") + ": " + e.getMessage(), e);
    }
  }

  /**
   * Begins the log of a node's first start: entry 1 is the first configuration, of term 1, which is
   * the current term. The same arguments give the same entry on every node. Durable on return; a
   * crash leaves all of it or none.
   *
   * @throws IllegalStateException when there is a log already ({@link #exists})
   * @throws LogFailure when the disk fails
   */
  public static SegmentedLog create(
      Disk disk, LogIdentity identity, LogConfig config, Configuration first) {
    if (exists(disk)) {
      throw new IllegalStateException("there is a log already: " + disk.path(Segment.name(1)));
    }
    try {
      return new SegmentedLog(disk, config, NewLog.write(disk, identity, config, first));
    } catch (IOException e) {
      throw new LogFailure("can not create the log: " + e.getMessage(), e);
    }
  }

  /**
   * Begins a log behind {@code start}: of a node that joins, or that is recovered under another
   * history. A log that is there, of whatever identity, is superseded and removed. Durable on
   * return; a crash leaves the old log, or none, or all of the new one.
   *
   * @throws LogFailure when the disk fails
   */
  public static SegmentedLog createFrom(
      Disk disk, LogIdentity identity, LogConfig config, HardState hardState, LogStart start) {
    try {
      var created = NewLog.writeFrom(disk, identity, config, hardState, start);
      return new SegmentedLog(disk, config, created);
    } catch (IOException e) {
      throw new LogFailure("can not create the log: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the log back. Cuts the torn end of a write that nobody was told of, and makes the rest
   * durable again before returning.
   *
   * @throws CorruptLog when something is missing that may have been acknowledged; also without any
   *     log
   * @throws WrongIdentity when it is another node's
   * @throws UnknownFormat when a later version wrote it
   * @throws LogFailure when the disk fails
   */
  public static SegmentedLog open(Disk disk, LogIdentity identity, LogConfig config) {
    try {
      var spares = new SpareSegments(disk, config);
      var recovery = new Recovery(disk, identity, config);
      Recovered recovered = recovery.rewriteTail(recovery.read(), spares);
      var writer = new SegmentWriter(disk, identity, config, recovered, spares);
      return new SegmentedLog(disk, config, writer);
    } catch (IOException e) {
      throw new LogFailure("can not read the log: " + e.getMessage(), e);
    }
  }

  /**
   * What the core starts with. Before the threads start.
   *
   * @param lastApplied index that the state machine already contains
   * @throws CorruptLog when the log does not reach {@code lastApplied}, or begins behind it
   */
  public Restored restored(long lastApplied) {
    if (lastApplied > state.lastIndex() || lastApplied < state.firstIndex() - 1) {
      throw new CorruptLog(
          "corrupt log: it holds the entries %d to %d, but the state machine has applied up to %d"
              .formatted(state.firstIndex(), state.lastIndex(), lastApplied));
    }
    return new Restored(
        state.hardState(),
        Math.max(state.commitIndex(), lastApplied),
        lastApplied,
        state.configurations());
  }

  /**
   * Drops the log whole and begins it anew behind {@code start}, before the threads start: the
   * state machine is ahead of it, since the process ended after a snapshot was installed and before
   * {@link Ready.Persist#start} was written. Durable on return. The term becomes at least that of
   * the entry before the start; a vote of an earlier term ends with its term.
   */
  public void reset(LogStart start) {
    HardState now = state.hardState();
    long term = start.previous().term();
    startAnew(start, now.currentTerm() >= term ? now : new HardState(term, Optional.empty()));
  }

  /**
   * Appends one write of the core, in the order of their sequences. Not durable, and not visible to
   * readers, before {@link #force}. Writes to the disk only when a buffer or a segment is full.
   *
   * <p>Each write becomes a batch of its own, so that a torn group keeps its first writes; one with
   * more than {@link LogConfig#batchBytesMax} becomes several, each as if it had been written
   * alone. One with a {@link Ready.Persist#start} makes that durable before it returns, and drops
   * what was appended and not forced with the rest of the old log.
   */
  public void append(Ready.Persist write) {
    write.start().ifPresent(start -> startAnew(start, write.hardState()));
    run(() -> {
      if (write.start().isPresent() && write.entries().isEmpty()) {
        return;
      }
      forced = false;
      if (write.entries().isEmpty()) {
        long next = state.lastIndex() + 1;
        append(BatchKind.HARD_STATE, write, next, List.of());
      }
      int from = 0;
      while (from < write.entries().size()) {
        int to = batchEnd(write.entries(), from);
        List<Entry> entries = write.entries().subList(from, to);
        append(BatchKind.ENTRIES, write, entries.getFirst().index(), entries);
        from = to;
      }
    });
  }

  /**
   * Drops every entry from {@code fromIndex} on without putting others in their place; above the
   * commit index. Not durable before {@link #force}.
   */
  public void truncateSuffix(long fromIndex) {
    run(() -> {
      forced = false;
      writer.append(
          new Batch(
              BatchKind.TRUNCATE, state.hardState(), state.commitIndex(), fromIndex, List.of()));
    });
  }

  /**
   * Drops entries below {@code firstIndex}, as far as they fill whole segments; nobody may ask for
   * one of them any more. Forces what waits. A crash leaves a log that begins at one of the
   * segments on the way.
   */
  public void dropPrefix(long firstIndex) {
    force();
    run(() -> {
      List<Segment> dropped = writer.dropPrefix(firstIndex);
      if (!dropped.isEmpty()) {
        view = LogView.of(state, writer.segments());
        writer.release(dropped);
        settle();
      }
    });
  }

  /** Makes everything appended durable, with one force, and visible to readers. */
  public void force() {
    run(() -> {
      if (!forced) {
        writer.force();
        forced = true;
        view = LogView.of(state, writer.segments());
      }
    });
  }

  /**
   * Prepares a piece of the next segment, in a few milliseconds. To be called when there is nothing
   * to append, and when {@link #spareIsDue}; without it a roll does the whole work at once.
   *
   * @return whether there was anything to do
   */
  public boolean prepareSpare() {
    var worked = new boolean[1];
    run(() -> {
      settle();
      worked[0] = writer.prepareSpare();
    });
    return worked[0];
  }

  /** Whether the next segment is prepared more slowly than the present one fills. */
  public boolean spareIsDue() {
    return writer.spareIsDue();
  }

  @Override
  public long firstIndex() {
    return view.firstIndex();
  }

  @Override
  public long lastIndex() {
    return view.lastIndex();
  }

  /** Term of an entry; also of the one before the first, 0 at the very beginning. */
  @Override
  public long term(long index) {
    LogView now = view;
    Invariant.check(
        index >= now.firstIndex() - 1 && index <= now.lastIndex(),
        "term of %d asked of a log of %d to %d",
        index,
        now.firstIndex(),
        now.lastIndex());
    return now.terms().term(index);
  }

  @Override
  public List<Entry> entries(long from, long to, long bytesMax) {
    requireHealthy();
    reading = true;
    try {
      return entries(view, from, to, bytesMax);
    } finally {
      reading = false;
    }
  }

  private List<Entry> entries(LogView now, long from, long to, long bytesMax) {
    Invariant.check(
        from >= now.firstIndex() && from <= to && to <= now.lastIndex(),
        "entries %d to %d asked of a log of %d to %d",
        from,
        to,
        now.firstIndex(),
        now.lastIndex());
    try {
      return reader.entries(now, from, to, bytesMax);
    } catch (IOException e) {
      failure = e;
      throw new LogFailure("can not read the log: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new LogFailure("can not close the log: " + e.getMessage(), e);
    }
  }

  /**
   * Lets go of files that were dropped, unless somebody is reading and may hold a view with them.
   * Whoever begins to read after this look takes the view published before it.
   */
  private void settle() throws IOException {
    if (!reading) {
      writer.settle();
    }
  }

  private void startAnew(LogStart start, HardState hardState) {
    run(() -> {
      List<Segment> dropped = writer.startAnew(start, hardState);
      forced = true;
      view = LogView.of(state, writer.segments());
      writer.release(dropped);
      settle();
    });
  }

  private void append(BatchKind kind, Ready.Persist write, long first, List<Entry> entries)
      throws IOException {
    writer.append(new Batch(kind, write.hardState(), write.commitIndex(), first, entries));
  }

  private int batchEnd(List<Entry> entries, int from) {
    long bytes = 0;
    int to = from;
    do {
      bytes += EntryCodec.lengthBytes(entries.get(to));
      to++;
    } while (to < entries.size()
        && bytes + EntryCodec.lengthBytes(entries.get(to)) <= config.batchBytesMax());
    return to;
  }

  private void run(DiskAction action) {
    requireHealthy();
    try {
      action.run();
    } catch (IOException e) {
      failure = e;
      throw new LogFailure("can not write the log: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  private void requireHealthy() {
    Throwable earlier = failure;
    if (earlier != null) {
      throw new LogFailure("the log has failed before: " + earlier.getMessage(), earlier);
    }
  }

  @FunctionalInterface
  private interface DiskAction {
    void run() throws IOException;
  }
}
