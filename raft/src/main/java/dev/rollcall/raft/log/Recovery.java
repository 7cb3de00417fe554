package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.SegmentReader.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a log back and decides what to do about damage (docs/log-format.md, recovery). The one
 * question is whether a damaged batch may have been acknowledged. It was forced, and may have been,
 * when its segment is sealed, when a batch behind it was written after it had been forced, or when
 * the segment header says so. Otherwise it is the torn end of a write that nobody has been told of,
 * and is cut.
 */
final class Recovery {
  private static final String REWRITE = "rewrite.tmp";
  private static final int WINDOW_BYTES_MAX = 1 << 20;

  private final Disk disk;
  private final LogIdentity identity;
  private final LogConfig config;
  private final int windowBytes;
  private final FileWindow window;

  Recovery(Disk disk, LogIdentity identity, LogConfig config) {
    this.disk = disk;
    this.identity = identity;
    this.config = config;
    this.windowBytes = (int) Math.min(WINDOW_BYTES_MAX, config.segmentBytes());
    this.window = new FileWindow(windowBytes);
  }

  /**
   * A log as it was read.
   *
   * @param segments all of them; the last one is the tail, which is not sealed
   * @param tailHeader header of the tail
   * @param tailEnd end of the last whole batch in the tail
   */
  record Recovered(LogState state, List<Segment> segments, SegmentHeader tailHeader, long tailEnd) {
    Segment tail() {
      return segments.getLast();
    }
  }

  /** Reads everything and changes nothing. */
  Recovered read() throws IOException {
    List<Long> ids = Segment.ids(disk.list());
    if (ids.isEmpty()) {
      throw new CorruptLog(
          "corrupt log: " + disk.path(Segment.name(1)) + " and all others are gone");
    }
    var files = new ArrayList<DiskFile>();
    try {
      var segments = new ArrayList<Segment>();
      var headers = new ArrayList<SegmentHeader>();
      boolean begun = false;
      for (int i = ids.size() - 1; i >= 0 && !begun; i--) {
        requireConsecutive(ids, i);
        long id = ids.get(i);
        DiskFile file = disk.open(Segment.name(id));
        files.add(file);
        SegmentHeader header = header(id, file);
        var segment = new Segment(id, header.salt(), file);
        segments.addFirst(segment);
        headers.addFirst(header);
        begun = beginsAnew(segment, header);
      }
      Recovered read = begun ? replayFrom(0, segments, headers) : replay(segments, headers);
      requireConfiguration(read);
      return read;
    } catch (BeginsTooLate e) {
      closeAll(files, e.corruption);
      throw e.corruption;
    } catch (IOException | RuntimeException e) {
      closeAll(files, e);
      throw e;
    }
  }

  /**
   * Puts a fresh, forced copy in the place of the tail and removes what was begun and never
   * finished. The tail may have been read from memory of the operating system that never reaches
   * the disk, for one after a failed force; nothing may be acknowledged upon that. A crash on the
   * way leaves the old file or the new one, and both read the same.
   */
  Recovered rewriteTail(Recovered old, SpareSegments spares) throws IOException {
    SegmentHeader header = old.tailHeader().withDurableSequence(old.state().sequence());
    ByteBuffer headerBytes = SegmentHeaderCodec.encode(header);
    int headerLength = headerBytes.remaining();
    disk.delete(REWRITE);
    spares.adopt();
    DiskFile copy = emptyCopy(old.tailEnd(), spares);
    try {
      copy.write(headerBytes, 0);
      copy(old.tail().file(), copy, headerLength, old.tailEnd());
      copy.force();
      disk.rename(REWRITE, old.tail().name());
      deleteBefore(old.segments().getFirst().id());
      disk.forceDirectory();
      old.tail().file().close();
    } catch (IOException | RuntimeException e) {
      closeAll(List.of(copy), e);
      throw e;
    }
    old.state().markDurable();
    var segments = new ArrayList<>(old.segments());
    segments.set(segments.size() - 1, new Segment(old.tail().id(), header.salt(), copy));
    return new Recovered(old.state(), List.copyOf(segments), header, old.tailEnd());
  }

  /** What is left over from a log that was dropped whole; the new one has its name for sure. */
  private void deleteBefore(long id) throws IOException {
    List<Long> ids = Segment.ids(disk.list());
    if (ids.getFirst() < id) {
      disk.forceDirectory();
    }
    for (long each : ids.subList(0, ids.indexOf(id))) {
      disk.delete(Segment.name(each));
    }
  }

  /** A spare serves as well as a new file, is faster, and is there on a full disk. */
  private DiskFile emptyCopy(long bytes, SpareSegments spares) throws IOException {
    SpareSegment spare = bytes <= config.segmentBytes() ? spares.poll() : null;
    if (spare == null) {
      return disk.create(REWRITE, Math.max(config.segmentBytes(), bytes));
    }
    disk.rename(spare.name(), REWRITE);
    // Else a crash may give it its old name back, with the tail's own batches in it: copied over by
    // a shorter tail, what was cut would come back behind the end.
    disk.forceDirectory();
    return spare.file();
  }

  /** Closes what a failed start had opened. */
  static void closeAll(List<DiskFile> files, Exception reason) {
    for (DiskFile file : files) {
      try {
        file.close();
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }

  private void requireConsecutive(List<Long> ids, int place) {
    long expected = ids.get(place) + 1;
    if (place + 1 < ids.size() && ids.get(place + 1) != expected) {
      throw CorruptLog.at(
          disk.path(Segment.name(expected)),
          0,
          "the file is missing, and " + Segment.name(ids.get(place + 1)) + " follows it");
    }
  }

  /** Whether the files before this one are left over from a log that was dropped whole. */
  private boolean beginsAnew(Segment segment, SegmentHeader header) throws IOException {
    var reader = new SegmentReader(disk, segment, window);
    return reader.batch(SegmentHeaderCodec.lengthBytes(header)) instanceof Found.Whole first
        && first.header().kind() == BatchKind.START;
  }

  /** The first one was forced before the first segment had its name. */
  private void requireConfiguration(Recovered read) {
    if (read.state().configurations().isEmpty()) {
      throw CorruptLog.at(
          disk.path(read.segments().getFirst().name()),
          0,
          "entry 1, the first configuration, was acknowledged and can not be read");
    }
  }

  /** Forced before the file had its name, so that every segment has one. */
  private SegmentHeader header(long id, DiskFile file) throws IOException {
    String path = disk.path(Segment.name(id));
    Optional<SegmentHeader> header = SegmentReader.segmentHeader(file, id, path, window);
    if (header.isEmpty()) {
      throw CorruptLog.at(path, 0, "the segment's header is damaged");
    }
    WrongIdentity.check(path, header.get().identity(), identity);
    return header.get();
  }

  /**
   * A drop takes one file after the other. Where a crash ended it at a segment that the log can not
   * begin with, those up to the one that it was to begin with are left over.
   */
  private Recovered replay(List<Segment> segments, List<SegmentHeader> headers)
      throws IOException, BeginsTooLate {
    for (int begin = 0; ; begin++) {
      try {
        Recovered recovered = replayFrom(begin, segments, headers);
        for (Segment leftOver : segments.subList(0, begin)) {
          leftOver.file().close();
        }
        return recovered;
      } catch (BeginsTooLate e) {
        if (begin == segments.size() - 1) {
          throw e;
        }
      }
    }
  }

  private Recovered replayFrom(int begin, List<Segment> segments, List<SegmentHeader> headers)
      throws IOException, BeginsTooLate {
    var state = new LogState(headers.get(begin));
    for (int i = begin; i < segments.size() - 1; i++) {
      replaySealed(segments.get(i), headers.get(i), headers.get(i + 1), state);
      state.enter(segments.get(i + 1).id());
    }
    long end = replayTail(segments.getLast(), headers.getLast(), state);
    return new Recovered(
        state, List.copyOf(segments.subList(begin, segments.size())), headers.getLast(), end);
  }

  private void replaySealed(
      Segment segment, SegmentHeader header, SegmentHeader next, LogState state)
      throws IOException, BeginsTooLate {
    var replay = new SegmentReplay(segment, header, state);
    replay.run(next.firstSequence() - 1);
    if (state.sequence() < next.firstSequence() - 1) {
      throw replay.damaged(Math.max(next.baseIndex() - 1, state.lastIndex() + 1));
    }
    boolean continues =
        next.firstSequence() == state.sequence() + 1
            && next.previousChecksum() == state.lastChecksum()
            && next.baseIndex() == state.lastIndex() + 1;
    if (!continues) {
      throw CorruptLog.at(
          disk.path(Segment.name(next.segmentId())),
          0,
          "it does not continue " + segment.name() + " (index " + next.baseIndex() + " on)");
    }
  }

  private long replayTail(Segment segment, SegmentHeader header, LogState state)
      throws IOException, BeginsTooLate {
    var replay = new SegmentReplay(segment, header, state);
    replay.run(Long.MAX_VALUE);
    replay.requireNothingForcedIsMissing(header);
    return replay.position;
  }

  private void copy(DiskFile from, DiskFile to, long start, long end) throws IOException {
    var buffer = ByteBuffer.allocateDirect(windowBytes);
    for (long position = start; position < end; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
      int length = from.read(buffer, position);
      Invariant.check(length > 0, "a file of %d bytes ends at %d", end, position);
      to.write(buffer.flip(), position);
      position += length;
    }
  }

  /** Goes through one segment, batch by batch. */
  private final class SegmentReplay {
    private final Segment segment;
    private final SegmentReader reader;
    private final LogState state;
    private long position;

    SegmentReplay(Segment segment, SegmentHeader header, LogState state) throws IOException {
      this.segment = segment;
      this.reader = new SegmentReader(disk, segment, window);
      this.state = state;
      this.position = SegmentHeaderCodec.lengthBytes(header);
    }

    /**
     * Stops behind the batch with the sequence given, or before one that is damaged or not there.
     */
    void run(long lastSequence) throws IOException, BeginsTooLate {
      while (state.sequence() < lastSequence
          && reader.batch(position) instanceof Found.Whole batch) {
        boolean outreaches = state.isOutreachedBy(batch.header());
        try {
          apply(batch);
        } catch (Invariant.Violation e) {
          // Each checksum holds, so it was written like that, or written to the wrong place.
          var corruption =
              CorruptLog.at(reader.path(), position, "out of order: " + e.getMessage());
          if (outreaches) {
            throw new BeginsTooLate(corruption);
          }
          throw corruption;
        }
        position += batch.header().lengthBytes();
      }
    }

    private void apply(Found.Whole batch) {
      BatchHeader header = batch.header();
      state.begin(header, batch.headerChecksum(), Locations.of(segment.id(), position));
      ByteBuffer payload = batch.payload();
      for (int i = 0; i < header.count(); i++) {
        state.add(header.firstIndex() + i, EntryCodec.term(payload));
        try {
          if (EntryCodec.kind(payload) == EntryKind.CONFIGURATION) {
            var entry = EntryCodec.decode(payload, header.firstIndex() + i);
            state.addConfiguration(Configuration.decode(entry.payload()));
          } else {
            EntryCodec.skip(payload);
          }
        } catch (IllegalArgumentException e) {
          throw new UnknownFormat(reader.path(), e.getMessage() + " at index " + state.lastIndex());
        }
      }
    }

    void requireNothingForcedIsMissing(SegmentHeader header) throws IOException {
      long next = state.sequence() + 1;
      if (header.durableSequence() >= next) {
        throw damaged(state.lastIndex() + 1);
      }
      Optional<BatchHeader> witness = reader.witnessOf(next, position);
      if (witness.isPresent()) {
        throw damaged(witness.get().durable().index());
      }
    }

    /** The batch here was forced and can not be read. */
    CorruptLog damaged(long lastIndex) throws IOException {
      long from = state.lastIndex() + 1;
      long to = lastIndex;
      if (reader.batch(position) instanceof Found.HeaderOnly damaged) {
        from = damaged.header().firstIndex();
        to = Math.max(to, damaged.header().lastIndex());
      }
      String lost =
          from <= to
              ? "the entries " + from + " to " + to
              : "terms or votes after entry " + (from - 1);
      return CorruptLog.at(
          reader.path(), position, lost + " were acknowledged and can not be read");
    }
  }

  /** The entry that the first segment's header names was replaced by a batch behind it. */
  private static final class BeginsTooLate extends Exception {
    private static final long serialVersionUID = 1;

    /** What it is where the log begins nowhere else. */
    private final CorruptLog corruption;

    BeginsTooLate(CorruptLog corruption) {
      super(corruption);
      this.corruption = corruption;
    }
  }
}
