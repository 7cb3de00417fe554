package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a log should hold, as plainly as it can be said: the model that the real one is held
 * against.
 *
 * @param previous the entry before the first one
 * @param before the configuration in force there, if any
 */
record LogModel(
    HardState hardState,
    long commitIndex,
    EntryId previous,
    List<ConfigurationAt> before,
    List<Entry> entries) {
  LogModel {
    before = List.copyOf(before);
    entries = List.copyOf(entries);
  }

  /** As of {@link SegmentedLog#create}. */
  static LogModel created() {
    return new LogModel(
        Fixtures.term(1), 0, EntryId.NONE, List.of(), List.of(Fixtures.firstEntry()));
  }

  /** What a log holds, as its methods tell it. */
  static LogModel of(SegmentedLog log) {
    long first = log.firstIndex();
    Restored restored = log.restored(first - 1);
    List<Entry> entries =
        log.lastIndex() < first ? List.of() : log.entries(first, log.lastIndex(), Long.MAX_VALUE);
    List<ConfigurationAt> before =
        restored.configurations().stream().filter(at -> at.index() < first).toList();
    var previous = new EntryId(log.term(first - 1), first - 1);
    var model =
        new LogModel(restored.hardState(), restored.commitIndex(), previous, before, entries);
    assertThat(restored.configurations()).isEqualTo(model.configurations());
    for (Entry entry : entries) {
      assertThat(log.term(entry.index())).isEqualTo(entry.term());
    }
    assertThat(before).hasSizeLessThanOrEqualTo(1);
    return model;
  }

  long firstIndex() {
    return previous.index() + 1;
  }

  long lastIndex() {
    return previous.index() + entries.size();
  }

  Entry at(long index) {
    return entries.get(place(index));
  }

  /** Id of an entry, or of the one before the first. */
  EntryId idAt(long index) {
    return index == previous.index() ? previous : at(index).id();
  }

  /**
   * What of this one is left when the entries before {@code index} are dropped: they are committed,
   * whether the log knows it or not.
   */
  LogModel from(long index) {
    List<ConfigurationAt> earlier =
        configurations().stream().filter(at -> at.index() < index).toList();
    return new LogModel(
        hardState,
        Math.max(commitIndex, index - 1),
        idAt(index - 1),
        earlier.subList(Math.max(0, earlier.size() - 1), earlier.size()),
        entries.subList(place(index), entries.size()));
  }

  LogModel before(long index) {
    return new LogModel(hardState, commitIndex, previous, before, entries.subList(0, place(index)));
  }

  LogModel with(Persist write) {
    return with(write, write.entries().size());
  }

  /** The states that a write may leave when only its beginning survives, the whole of it last. */
  Stream<LogModel> stepsOf(Persist write) {
    return Stream.iterate(write.entries().isEmpty() ? 0 : 1, n -> n + 1)
        .limit(Math.max(1, write.entries().size()))
        .map(n -> with(write, n));
  }

  private LogModel with(Persist write, int entriesOfIt) {
    var all = new ArrayList<>(entries);
    if (entriesOfIt > 0) {
      all.subList(place(write.entries().getFirst().index()), all.size()).clear();
      all.addAll(write.entries().subList(0, entriesOfIt));
    }
    long last = previous.index() + all.size();
    long commit = Math.max(commitIndex, Math.min(write.commitIndex(), last));
    return new LogModel(write.hardState(), commit, previous, before, all);
  }

  private int place(long index) {
    return Math.toIntExact(index - firstIndex());
  }

  private List<ConfigurationAt> configurations() {
    Stream<ConfigurationAt> here =
        entries.stream()
            .filter(entry -> entry.kind() == EntryKind.CONFIGURATION)
            .map(
                entry -> new ConfigurationAt(entry.index(), Configuration.decode(entry.payload())));
    return Stream.concat(before.stream(), here).toList();
  }
}
