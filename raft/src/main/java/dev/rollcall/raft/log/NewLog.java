package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
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
  private static final long SEGMENT_ID = 1;

  private NewLog() {}

  static SegmentWriter write(Disk disk, LogIdentity identity, LogConfig config, Configuration first)
      throws IOException {
    var header =
        new SegmentHeader(
            identity,
            SEGMENT_ID,
            disk.salt(),
            EntryId.NONE,
            1,
            0,
            HardState.INITIAL,
            0,
            0,
            Optional.empty());
    ByteBuffer bytes = SegmentHeaderCodec.encode(header);
    long headerBytes = bytes.remaining();
    // Stamped with no time: the entry must be the same on every node.
    var entry = new Entry(new EntryId(1, 1), EntryKind.CONFIGURATION, 0, first.encode());
    var batch =
        new Batch(BatchKind.ENTRIES, new HardState(1, Optional.empty()), 0, 1, List.of(entry));
    disk.delete(UNNAMED);
    DiskFile file =
        disk.create(UNNAMED, Math.max(config.segmentBytes(), headerBytes + batch.lengthBytes()));
    var segment = new Segment(SEGMENT_ID, header.salt(), file);
    try {
      file.write(bytes, 0);
      var begun = new Recovered(new LogState(header), List.of(segment), header, headerBytes);
      var writer =
          new SegmentWriter(disk, identity, config, begun, new SpareSegments(disk, config));
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
