package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.log.Recovery.Recovered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes batches once, into a buffer that goes to the disk in one write per force, and rolls from
 * segment to segment. Owned by the log writer. After an exception it is in no defined state.
 */
final class SegmentWriter {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Disk disk;
  private final LogIdentity identity;
  private final LogConfig config;
  private final LogState state;
  private final SpareSegments spares;
  private final List<Segment> segments;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private Segment tail;
  private SegmentChecksum checksum;
  private long tailBytes;
  private long writtenEnd; // the buffer's contents belong here

  SegmentWriter(
      Disk disk, LogIdentity identity, LogConfig config, Recovered recovered, SpareSegments spares)
      throws IOException {
    this.disk = disk;
    this.identity = identity;
    this.config = config;
    this.spares = spares;
    this.state = recovered.state();
    this.segments = new ArrayList<>(recovered.segments());
    this.tail = recovered.tail();
    this.checksum = tail.checksum();
    this.tailBytes = tail.file().sizeBytes();
    this.writtenEnd = recovered.tailEnd();
  }

  /** A batch to write. */
  record Batch(
      BatchKind kind, HardState hardState, long commitIndex, long firstIndex, List<Entry> entries) {
    int lengthBytes() {
      long bytes = BatchHeaderCodec.BYTES;
      for (Entry entry : entries) {
        bytes += EntryCodec.lengthBytes(entry);
      }
      return Math.toIntExact(bytes);
    }

    /** First of a log that begins behind {@code start}. */
    static Batch start(LogStart start, HardState hardState) {
      long index = start.previous().index();
      return new Batch(BatchKind.START, hardState, index, index + 1, List.of());
    }
  }

  /** Encodes a batch; writes only when the buffer is full, forces only when the segment is. */
  void append(Batch batch) throws IOException {
    int length = batch.lengthBytes();
    makeRoom(length);
    long position = writtenEnd + buffer.position();
    int start = buffer.position();
    buffer.position(start + BatchHeaderCodec.BYTES);
    for (Entry entry : batch.entries()) {
      EntryCodec.encode(entry, buffer);
    }
    int payload = length - BatchHeaderCodec.BYTES;
    var header =
        new BatchHeader(
            batch.kind(),
            length,
            checksum.of(buffer, start + BatchHeaderCodec.BYTES, payload),
            state.sequence() + 1,
            state.lastChecksum(),
            state.durableBefore(batch.firstIndex()),
            batch.hardState(),
            Math.min(batch.commitIndex(), batch.firstIndex() + batch.entries().size() - 1),
            batch.firstIndex(),
            batch.entries().size());
    int headerChecksum = BatchHeaderCodec.encode(header, buffer, start, checksum);
    state.begin(header, headerChecksum, Locations.of(tail.id(), position));
    for (Entry entry : batch.entries()) {
      state.add(entry.index(), entry.term());
      if (entry.kind() == EntryKind.CONFIGURATION) {
        state.addConfiguration(Configuration.decode(entry.payload()));
      }
    }
  }

  /** Makes every batch so far durable. */
  void force() throws IOException {
    flush();
    tail.file().force();
    state.markDurable();
  }

  /** Prepares a piece of the next segment; returns whether there was anything to do. */
  boolean prepareSpare() throws IOException {
    return spares.prepare();
  }

  /** Whether the next segment grows slower than this one fills. */
  boolean spareIsDue() {
    return spares.isDue(writtenEnd + buffer.position());
  }

  /**
   * Forgets the segments that hold nothing from {@code firstIndex} on. Their files keep their names
   * until {@link #release}.
   */
  List<Segment> dropPrefix(long firstIndex) {
    LogState.Start start = state.startFor(firstIndex);
    int count = (int) (start.segmentId() - segments.getFirst().id());
    List<Segment> dropped = List.copyOf(segments.subList(0, count));
    if (count > 0) {
      segments.subList(0, count).clear();
      state.dropBefore(start);
    }
    return dropped;
  }

  /**
   * Begins the log anew behind {@code start}, durable on return, and drops all of the old one, what
   * was not forced included. The segment gets its name with its first batch durable in it: a crash
   * before leaves the old log, one after it the new.
   */
  List<Segment> startAnew(LogStart start, HardState hardState) throws IOException {
    buffer.clear();
    List<Segment> dropped = List.copyOf(segments);
    segments.clear();
    SegmentHeader header = state.anew(identity, tail.id() + 1, disk.salt(), start, hardState);
    SpareSegment next = begin(header, BatchHeaderCodec.BYTES);
    state.beginWith(header);
    append(Batch.start(start, hardState));
    giveName(next);
    state.markDurable();
    return dropped;
  }

  /**
   * Takes the files of dropped segments out of the log; a start after a crash no longer reads them.
   */
  void release(List<Segment> dropped) throws IOException {
    spares.recycle(dropped);
  }

  /** No reader uses a released file any more. */
  void settle() throws IOException {
    spares.settle();
  }

  LogState state() {
    return state;
  }

  List<Segment> segments() {
    return List.copyOf(segments);
  }

  void close() throws IOException {
    for (Segment segment : segments) {
      segment.file().close();
    }
    spares.close();
  }

  private void makeRoom(int length) throws IOException {
    if (writtenEnd + buffer.position() + length > tailBytes) {
      roll(length);
    }
    if (buffer.remaining() < length) {
      flush();
      if (buffer.capacity() < length) {
        buffer = ByteBuffer.allocateDirect(Math.max(length, Integer.highestOneBit(length) << 1));
      }
    }
  }

  /**
   * Seals the tail and begins the next segment. The tail is forced before the next segment has its
   * name, so that a segment with a successor is whole; the header is forced before that too, so
   * that every file with such a name has one.
   */
  private void roll(int batchBytes) throws IOException {
    force();
    SegmentHeader header = state.nextSegment(identity, tail.id() + 1, disk.salt());
    SpareSegment next = begin(header, batchBytes);
    state.enter(header.segmentId());
    giveName(next);
  }

  private SpareSegment begin(SegmentHeader header, int batchBytes) throws IOException {
    ByteBuffer bytes = SegmentHeaderCodec.encode(header);
    int headerBytes = bytes.remaining();
    SpareSegment next =
        spares.take(Math.max(config.segmentBytes(), (long) headerBytes + batchBytes));
    next.file().write(bytes, 0);
    tail = new Segment(header.segmentId(), header.salt(), next.file());
    checksum = tail.checksum();
    tailBytes = next.allocatedBytes();
    writtenEnd = headerBytes;
    segments.add(tail);
    return next;
  }

  private void giveName(SpareSegment next) throws IOException {
    flush();
    next.file().force();
    disk.rename(next.name(), tail.name());
    disk.forceDirectory();
  }

  private void flush() throws IOException {
    if (buffer.position() > 0) {
      buffer.flip();
      int length = buffer.remaining();
      tail.file().write(buffer, writtenEnd);
      buffer.clear();
      writtenEnd += length;
    }
  }
}
