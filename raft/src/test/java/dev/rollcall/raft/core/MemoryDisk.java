package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log whose every write is durable at once; who writes to it decides when that is. */
final class MemoryDisk implements LogReader {
  private final List<Entry> entries = new ArrayList<>();
  private HardState hardState;
  private long commitIndex;

  /** What the log begins behind, and what was in force there. */
  private EntryId previous = EntryId.NONE;

  private ConfigurationAt base;

  /** As bootstrap leaves it: entry 1 holds the configuration, nobody has voted. */
  MemoryDisk(Configuration first) {
    this.hardState = new HardState(1, Optional.empty());
    this.base = new ConfigurationAt(0, first);
    this.entries.add(new Entry(new EntryId(1, 1), EntryKind.CONFIGURATION, 0, first.encode()));
  }

  /** Of a node that joins: nothing but who the members are. */
  static MemoryDisk ofJoining(Configuration members) {
    var disk = new MemoryDisk(members);
    disk.entries.clear();
    disk.hardState = new HardState(0, Optional.empty());
    return disk;
  }

  /** Adds commands of these terms, as if written long ago, and the last of them as current term. */
  MemoryDisk with(long... terms) {
    for (long term : terms) {
      entries.add(Members.entry(term, lastIndex() + 1));
      hardState = new HardState(term, Optional.empty());
    }
    return this;
  }

  void write(Persist write) {
    hardState = write.hardState();
    write.start().ifPresent(this::reset);
    for (Entry entry : write.entries()) {
      Invariant.check(entry.index() <= lastIndex() + 1, "a gap before %s", entry.id());
      entries.subList(position(entry.index()), entries.size()).clear();
      entries.add(entry);
    }
    commitIndex = Math.max(commitIndex, write.commitIndex());
  }

  /** Begins anew behind a snapshot's last entry. */
  void reset(LogStart start) {
    entries.clear();
    previous = start.previous();
    base = start.configuration();
    commitIndex = Math.max(commitIndex, previous.index());
    if (hardState.currentTerm() < previous.term()) {
      hardState = new HardState(previous.term(), Optional.empty());
    }
  }

  /** Drops what lies before this index; the disk's own pace. */
  void dropBefore(long first) {
    if (first <= firstIndex()) {
      return;
    }
    EntryId last = entries.get(position(first - 1)).id();
    List<Entry> dropped = entries.subList(0, position(first));
    for (Entry entry : dropped) {
      if (entry.kind() == EntryKind.CONFIGURATION) {
        base = new ConfigurationAt(entry.index(), Configuration.decode(entry.payload()));
      }
    }
    dropped.clear();
    previous = last;
  }

  Restored restored(long lastApplied) {
    var configurations = new ArrayList<ConfigurationAt>();
    configurations.add(base);
    entries.stream()
        .filter(entry -> entry.kind() == EntryKind.CONFIGURATION)
        .map(e -> new ConfigurationAt(e.index(), Configuration.decode(e.payload())))
        .forEach(configurations::add);
    return new Restored(hardState, Math.max(commitIndex, lastApplied), lastApplied, configurations);
  }

  HardState hardState() {
    return hardState;
  }

  /** Everything durable, from {@link #firstIndex} on. */
  List<Entry> entries() {
    return entries;
  }

  boolean has(EntryId id) {
    // What was dropped was committed.
    return id.index() <= previous.index()
        || (id.index() <= lastIndex() && entries.get(position(id.index())).id().equals(id));
  }

  @Override
  public long firstIndex() {
    return previous.index() + 1;
  }

  @Override
  public long lastIndex() {
    return previous.index() + entries.size();
  }

  @Override
  public long term(long index) {
    return index == previous.index() ? previous.term() : entries.get(position(index)).term();
  }

  @Override
  public List<Entry> entries(long from, long to, long bytesMax) {
    int end = position(from) + 1;
    long bytes = entries.get(end - 1).sizeBytes();
    while (end <= position(to) && bytes < bytesMax) {
      bytes += entries.get(end).sizeBytes();
      end++;
    }
    return List.copyOf(entries.subList(position(from), end));
  }

  private int position(long index) {
    return (int) (index - previous.index() - 1);
  }
}
