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

  /** As bootstrap leaves it: entry 1 holds the configuration, nobody has voted. */
  MemoryDisk(Configuration first) {
    this.hardState = new HardState(1, Optional.empty());
    this.entries.add(new Entry(new EntryId(1, 1), EntryKind.CONFIGURATION, 0, first.encode()));
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
    for (Entry entry : write.entries()) {
      Invariant.check(entry.index() <= lastIndex() + 1, "a gap before %s", entry.id());
      entries.subList((int) entry.index() - 1, entries.size()).clear();
      entries.add(entry);
    }
    commitIndex = Math.max(commitIndex, write.commitIndex());
  }

  Restored restored(long lastApplied) {
    List<ConfigurationAt> configurations =
        entries.stream()
            .filter(entry -> entry.kind() == EntryKind.CONFIGURATION)
            .map(e -> new ConfigurationAt(e.index(), Configuration.decode(e.payload())))
            .toList();
    return new Restored(hardState, Math.max(commitIndex, lastApplied), lastApplied, configurations);
  }

  HardState hardState() {
    return hardState;
  }

  /** Everything durable, the entry with index i at i - 1. */
  List<Entry> entries() {
    return entries;
  }

  boolean has(EntryId id) {
    return id.index() <= lastIndex() && entries.get((int) id.index() - 1).id().equals(id);
  }

  @Override
  public long firstIndex() {
    return 1;
  }

  @Override
  public long lastIndex() {
    return entries.size();
  }

  @Override
  public long term(long index) {
    return entries.get((int) index - 1).term();
  }

  @Override
  public List<Entry> entries(long from, long to, long bytesMax) {
    int end = (int) from;
    long bytes = entries.get(end - 1).sizeBytes();
    while (end < to && bytes < bytesMax) {
      bytes += entries.get(end).sizeBytes();
      end++;
    }
    return List.copyOf(entries.subList((int) from - 1, end));
  }
}
