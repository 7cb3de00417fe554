package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.Persist;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Values that the tests of the log share. */
final class Fixtures {
  static final NodeId NODE = new NodeId(1, 11);
  static final NodeId OTHER = new NodeId(2, 22);
  static final LogIdentity IDENTITY =
      new LogIdentity(new ClusterId(3, 33), new HistoryId(4, 44), NODE, 0);
  static final Configuration FIRST =
      Configuration.ofVoters(
          List.of(new Member(NODE, "a:1", "a:2"), new Member(OTHER, "b:1", "b:2")));
  static final Configuration SECOND =
      Configuration.ofVoters(List.of(new Member(NODE, "a:1", "a:2")));

  /** Small enough that a test rolls. */
  static final LogConfig SMALL = new LogConfig(2048, 600);

  /** Large enough that a test stays in one segment and in one batch a write. */
  static final LogConfig ROOMY = new LogConfig(16384, 8192);

  private Fixtures() {}

  static HardState term(long term) {
    return new HardState(term, Optional.empty());
  }

  static Entry command(long term, long index, String text) {
    return entry(term, index, EntryKind.COMMAND, text.getBytes(StandardCharsets.UTF_8));
  }

  static Entry entry(long term, long index, EntryKind kind, byte[] payload) {
    return new Entry(new EntryId(term, index), kind, 1000 + index, Payload.wrap(payload));
  }

  static Entry firstEntry() {
    return new Entry(new EntryId(1, 1), EntryKind.CONFIGURATION, 0, FIRST.encode());
  }

  /** A write of commands with consecutive indexes, all of the current term. */
  static Persist commands(long term, long firstIndex, String... texts) {
    var entries = new ArrayList<Entry>();
    for (String text : texts) {
      entries.add(command(term, firstIndex + entries.size(), text));
    }
    return new Persist(1, term(term), 0, entries);
  }

  static Persist write(HardState hardState, long commitIndex, Entry... entries) {
    return new Persist(1, hardState, commitIndex, Arrays.asList(entries));
  }
}
