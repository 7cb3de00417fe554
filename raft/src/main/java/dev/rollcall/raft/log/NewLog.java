package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.Recovery.Recovered;
import dev.rollcall.raft.log.SegmentWriter.Batch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Writes the first segment under another name and gives it its own when it is durable. */
final class NewLog {
  private static final String UNNAMED = "new.tmp";

  private NewLog() {}

  /** Its first batch is the entry with the first configuration. */
  static SegmentWriter write(Disk disk, LogIdentity identity, LogConfig config, Configuration first)
      throws IOException {
    var header =
        new SegmentHeader(
            identity,
            1,
            disk.salt(),
            EntryId.NONE,
            1,
            0,
            HardState.INITIAL,
            0,
            0,
            Optional.empty());
    // Stamped with no time: the entry must be the same on every node.
    var entry = new Entry(new EntryId(1, 1), EntryKind.CONFIGURATION, 0, first.encode());
    var batch =
        new Batch(BatchKind.ENTRIES, new HardState(1, Optional.empty()), 0, 1, List.of(entry));
    return write(disk, config, header, batch);
  }

  /** Its first batch says that it begins here, whatever files there are before it. */
  static SegmentWriter writeFrom(
      Disk disk, LogIdentity identity, LogConfig config, HardState hardState, LogStart start)
      throws IOException {
    List<Long> old = Segment.ids(disk.list());
    var header =
        new SegmentHeader(
            identity,
            old.isEmpty() ? 1 : old.getLast() + 1,
            disk.salt(),
            start.previous(),
            1,
            0,
            hardState,
            start.previous().index(),
            1,
            Optional.of(start.configuration()));
    SegmentWriter writer = write(disk, config, header, Batch.start(start, hardState));
    for (long id : old) {
      disk.delete(Segment.name(id));
    }
    disk.forceDirectory();
    return writer;
  }

  private static SegmentWriter write(Disk disk, LogConfig config, SegmentHeader header, Batch batch)
      throws IOException {
    ByteBuffer bytes = SegmentHeaderCodec.encode(header);
    long headerBytes = bytes.remaining();
    var spares = new SpareSegments(disk, config);
    spares.adopt();
    disk.delete(UNNAMED);
    DiskFile file =
        disk.create(UNNAMED, Math.max(config.segmentBytes(), headerBytes + batch.lengthBytes()));
    var segment = new Segment(header.segmentId(), header.salt(), file);
    try {
      file.write(bytes, 0);
      var begun = new Recovered(new LogState(header), List.of(segment), header, headerBytes);
      var writer = new SegmentWriter(disk, header.identity(), config, begun, spares);
      writer.append(batch);
      writer.force();
      disk.rename(UNNAMED, segment.name());
      disk.forceDirectory();
      return writer;
    } catch (IOException | RuntimeException e) {
      Recovery.closeAll(List.of(file), e);
      throw e;
    }
  }
}
