package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A state machine that writes down all that it is told. Answers a command with "index:command". A
 * restart forgets everything but what was flushed or installed.
 */
final class Journal implements StateMachine<String> {
  private final Disk disk;
  private final List<String> commands = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private String fault = "";
  private final List<Integer> rangeSizes = new ArrayList<>();
  private final AtomicLong lastApplied = new AtomicLong();
  private final CompletableFuture<Long> firstTerm = new CompletableFuture<>();
  private int snapshotsTaken;
  private final AtomicInteger snapshotsOpen = new AtomicInteger();
  private boolean isClosed;

  Journal() {
    this(new Disk());
  }

  /** As the disk has it. */
  Journal(Disk disk) {
    this.disk = disk;
    commands.addAll(disk.commands);
    lastApplied.set(disk.lastApplied);
  }

  static Payload command(String text) {
    return Payload.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public long lastApplied() {
    return lastApplied.get();
  }

  @Override
  public synchronized List<String> apply(List<Entry> entries) {
    List<String> results = new ArrayList<>();
    for (Entry entry : entries) {
      String text = new String(entry.payload().bytes(), StandardCharsets.UTF_8);
      if (entry.kind() == EntryKind.COMMAND) {
        commands.add(text);
      }
      results.add(entry.index() + ":" + text);
    }
    rangeSizes.add(entries.size());
    lastApplied.set(entries.getLast().index());
    return results;
  }

  /** Over the commands applied so far. */
  @Override
  public synchronized Payload digest() {
    return command(String.join(",", commands) + ";" + fault);
  }

  /** Makes what was applied durable. */
  synchronized void flush() {
    disk.lastApplied = lastApplied.get();
    disk.commands = List.copyOf(commands);
  }

  Disk disk() {
    return disk;
  }

  @Override
  public long durableIndex() {
    return disk.lastApplied;
  }

  @Override
  public synchronized StateSnapshot snapshot() {
    snapshotsTaken++;
    snapshotsOpen.incrementAndGet();
    return new JournalSnapshot(
        lastApplied.get(), List.copyOf(commands), snapshotsOpen::decrementAndGet);
  }

  @Override
  public SnapshotStaging stage(LogStart start) {
    return new JournalStaging(start);
  }

  @Override
  public synchronized void install(SnapshotStaging staged) {
    var whole = (JournalStaging) staged;
    if (!whole.isWhole() || whole.start().previous().index() <= lastApplied.get()) {
      throw new IllegalStateException("install of " + whole.start());
    }
    commands.clear();
    commands.addAll(whole.commands());
    lastApplied.set(whole.start().previous().index());
    disk.installed = Optional.of(whole.start());
    flush();
    events.add("installed " + lastApplied);
  }

  @Override
  public Optional<LogStart> installed() {
    return disk.installed;
  }

  /** Snapshots taken and not yet let go. */
  int snapshotsOpen() {
    return snapshotsOpen.get();
  }

  /** How often a snapshot was taken. */
  synchronized int snapshotsTaken() {
    return snapshotsTaken;
  }

  @Override
  public synchronized void leadershipStarted(long term) {
    events.add("started " + term);
    firstTerm.complete(term);
  }

  @Override
  public synchronized void leadershipEnded() {
    events.add("ended");
  }

  @Override
  public synchronized void leadershipConfirmed() {
    events.add("confirmed");
  }

  @Override
  public synchronized void close() {
    isClosed = true;
  }

  /** From now on it holds something else than the log says. */
  synchronized void corrupt() {
    fault = "!";
  }

  synchronized void note(String event) {
    events.add(event);
  }

  /** Commands in the order they were applied. */
  synchronized List<String> commands() {
    return List.copyOf(commands);
  }

  /** What was heard of leadership, and what a test noted between. */
  synchronized List<String> events() {
    return List.copyOf(events);
  }

  /** Entries of each call of apply. */
  synchronized List<Integer> rangeSizes() {
    return List.copyOf(rangeSizes);
  }

  /** Completed when the node leads for the first time. */
  CompletableFuture<Long> firstTerm() {
    return firstTerm;
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  /** What survives. */
  static final class Disk {
    private volatile long lastApplied;
    private volatile List<String> commands = List.of();
    private volatile Optional<LogStart> installed = Optional.empty();
  }
}
