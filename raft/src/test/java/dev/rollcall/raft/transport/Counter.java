package dev.rollcall.raft.transport;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.SnapshotStaging;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.raft.driver.StateSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Counts commands; on the apply thread of one node. Its snapshot is the count in front of as many
 * bytes as make it travel in pieces.
 */
final class Counter implements StateMachine<Long> {
  private static final int PIECES = 8;
  private static final int PIECE_BYTES = 300_000;

  private final Saved saved;
  private final Runnable leads;
  private final CompletableFuture<Long> installed = new CompletableFuture<>();
  private long commands;
  private long lastApplied;

  /** What outlives the node; all of it is durable at once. */
  static final class Saved {
    private volatile long lastApplied;
    private volatile long commands;
    private volatile Optional<LogStart> installed = Optional.empty();
  }

  /**
   * @param leads run when leadership starts
   */
  Counter(Saved saved, Runnable leads) {
    this.saved = saved;
    this.leads = leads;
    commands = saved.commands;
    lastApplied = saved.lastApplied;
  }

  /** Commands so far. */
  long commands() {
    return commands;
  }

  /** Completed with its index when a snapshot was installed. */
  CompletableFuture<Long> whenInstalled() {
    return installed;
  }

  @Override
  public long lastApplied() {
    return lastApplied;
  }

  @Override
  public List<Long> apply(List<Entry> entries) {
    List<Long> results = new ArrayList<>();
    for (Entry entry : entries) {
      commands += entry.kind() == EntryKind.COMMAND ? 1 : 0;
      results.add(commands);
    }
    lastApplied = entries.getLast().index();
    save();
    return results;
  }

  @Override
  public Payload digest() {
    return Payload.wrap(Long.toString(commands).getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public long durableIndex() {
    return saved.lastApplied;
  }

  @Override
  public StateSnapshot snapshot() {
    return new Snapshot(lastApplied, commands);
  }

  @Override
  public SnapshotStaging stage(LogStart start) {
    return new Staging(start);
  }

  @Override
  public void install(SnapshotStaging staged) {
    commands = ((Staging) staged).commands;
    lastApplied = staged.start().previous().index();
    saved.installed = Optional.of(staged.start());
    save();
    installed.complete(lastApplied);
  }

  @Override
  public Optional<LogStart> installed() {
    return saved.installed;
  }

  @Override
  public void leadershipStarted(long term) {
    leads.run();
  }

  @Override
  public void leadershipEnded() {}

  @Override
  public void leadershipConfirmed() {}

  @Override
  public void close() {}

  private void save() {
    saved.commands = commands;
    saved.lastApplied = lastApplied;
  }

  private record Snapshot(long lastIndex, long commands) implements StateSnapshot {
    @Override
    public Chunk chunk(Payload after, int bytesMax) {
      int piece = after.length();
      byte[] bytes = ByteBuffer.allocate(PIECE_BYTES).putInt(piece).putLong(commands).array();
      return new Chunk(Payload.wrap(bytes), Payload.wrap(new byte[piece + 1]), piece == PIECES - 1);
    }

    @Override
    public void close() {}
  }

  private static final class Staging implements SnapshotStaging {
    private final LogStart start;
    private int pieces;
    private long commands;

    private Staging(LogStart start) {
      this.start = start;
    }

    @Override
    public LogStart start() {
      return start;
    }

    @Override
    public void add(Payload bytes) {
      ByteBuffer in = bytes.buffer();
      if (in.getInt() != pieces) {
        throw new SnapshotRejected("not piece " + pieces, new IllegalArgumentException());
      }
      pieces++;
      commands = in.getLong();
    }

    @Override
    public void finish() {
      if (pieces != PIECES) {
        throw new SnapshotRejected("only %d pieces".formatted(pieces), new RuntimeException());
      }
    }

    @Override
    public void close() {}
  }
}
