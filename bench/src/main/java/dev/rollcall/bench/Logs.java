package dev.rollcall.bench;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Logs to measure, and what is written to them. */
final class Logs {
  static final NodeId NODE = new NodeId(0, 1);
  static final LogIdentity IDENTITY =
      new LogIdentity(new ClusterId(0, 1), new HistoryId(0, 1), NODE, 0);
  private static final HardState TERM_1 = new HardState(1, Optional.empty());

  private Logs() {}

  static SegmentedLog create(Disk disk) {
    var first = Configuration.ofVoters(List.of(new Member(NODE, "a:1", "a:2")));
    return SegmentedLog.create(disk, IDENTITY, LogConfig.DEFAULT, first);
  }

  /** One write of so many commands of this payload. */
  static Persist commands(long sequence, long firstIndex, int count, Payload payload) {
    var entries = new ArrayList<Entry>(count);
    for (long index = firstIndex; index < firstIndex + count; index++) {
      entries.add(new Entry(new EntryId(1, index), EntryKind.COMMAND, 0, payload));
    }
    return new Persist(sequence, TERM_1, firstIndex - 1, entries);
  }
}
