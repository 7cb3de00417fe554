package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
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
 */
record LogModel(HardState hardState, long commitIndex, List<Entry> entries) {
  LogModel {
    entries = List.copyOf(entries);
  }

  /** As of {@link SegmentedLog#create}. */
  static LogModel created() {
    return new LogModel(Fixtures.term(1), 0, List.of(Fixtures.firstEntry()));
  }

  /** What a log holds, as its methods tell it. */
  static LogModel of(SegmentedLog log) {
    Restored restored = log.restored(0);
    List<Entry> entries = log.entries(1, log.lastIndex(), Long.MAX_VALUE);
    var model = new LogModel(restored.hardState(), restored.commitIndex(), entries);
    assertThat(log.firstIndex()).isEqualTo(1);
    assertThat(restored.configurations()).isEqualTo(model.configurations());
    for (Entry entry : entries) {
      assertThat(log.term(entry.index())).isEqualTo(entry.term());
    }
    assertThat(log.term(0)).isZero();
    return model;
  }

  long lastIndex() {
    return entries.size();
  }

  Entry at(long index) {
    return entries.get((int) index - 1);
  }

  LogModel before(long index) {
    return new LogModel(hardState, commitIndex, entries.subList(0, (int) index - 1));
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
      all.subList((int) write.entries().getFirst().index() - 1, all.size()).clear();
      all.addAll(write.entries().subList(0, entriesOfIt));
    }
    long commit = Math.max(commitIndex, Math.min(write.commitIndex(), all.size()));
    return new LogModel(write.hardState(), commit, all);
  }

  private List<ConfigurationAt> configurations() {
    return entries.stream()
        .filter(entry -> entry.kind() == EntryKind.CONFIGURATION)
        .map(entry -> new ConfigurationAt(entry.index(), Configuration.decode(entry.payload())))
        .toList();
  }
}
