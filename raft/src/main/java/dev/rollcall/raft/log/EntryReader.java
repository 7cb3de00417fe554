package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.log.SegmentReader.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches entries of a {@link LogView}, checking every batch again. One thread at a time. */
final class EntryReader {
  private static final int WINDOW_BYTES = 1 << 16;

  private final Disk disk;
  private final FileWindow window = new FileWindow(WINDOW_BYTES);
  private @Nullable SegmentReader reader; // of the segment read last

  EntryReader(Disk disk) {
    this.disk = disk;
  }

  /** See {@link dev.rollcall.raft.core.LogReader#entries}; the range is within the view. */
  List<Entry> entries(LogView view, long from, long to, long bytesMax) throws IOException {
    try {
      var entries = new ArrayList<Entry>();
      long bytes = 0;
      long next = from;
      for (int batch = view.batches().find(from); next <= to; batch++) {
        long end = Math.min(to, view.lastIndexOf(batch));
        ByteBuffer payload = payload(view, batch);
        skip(payload, next - view.batches().firstIndex(batch));
        for (; next <= end; next++) {
          Entry entry = EntryCodec.decode(payload, next);
          bytes += entry.sizeBytes();
          if (bytes > bytesMax && !entries.isEmpty()) {
            return entries;
          }
          entries.add(entry);
        }
      }
      return entries;
    } finally {
      window.forget(); // what lies behind the last batch may be written next
    }
  }

  private SegmentReader readerOf(Segment segment) throws IOException {
    SegmentReader last = reader;
    if (last == null || last.segment().id() != segment.id()) {
      last = new SegmentReader(disk, segment, window);
      reader = last;
    }
    return last;
  }

  private ByteBuffer payload(LogView view, int batch) throws IOException {
    SegmentReader segment = readerOf(view.segmentOf(batch));
    long position = Locations.position(view.batches().location(batch));
    if (segment.batch(position) instanceof Found.Whole whole
        && whole.header().firstIndex() == view.batches().firstIndex(batch)) {
      return whole.payload();
    }
    throw CorruptLog.at(
        segment.path(),
        position,
        "the entries %d to %d were read once and can not be read any more"
            .formatted(view.batches().firstIndex(batch), view.lastIndexOf(batch)));
  }

  private static void skip(ByteBuffer payload, long entries) {
    for (long i = 0; i < entries; i++) {
      EntryCodec.skip(payload);
    }
  }
}
