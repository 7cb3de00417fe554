package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.SegmentReader.Found;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A log with some batches in it, forced in groups, and every state it has gone through, for tests
 * that damage it. State n is the one after batch n (counted from 1, which creates the log).
 */
final class WrittenLog {
  private final MemoryDisk disk = new MemoryDisk(Seeds.generator(1));
  private final List<LogModel> states = new ArrayList<>(List.of(LogModel.created()));
  private final LogConfig config;
  private final SegmentedLog log;

  WrittenLog(LogConfig config) {
    this.config = config;
    this.log = SegmentedLog.create(disk, Fixtures.IDENTITY, config, Fixtures.FIRST);
  }

  /** Each write is small enough for one batch. */
  WrittenLog append(Persist... writes) {
    for (Persist write : writes) {
      log.append(write);
      states.add(states.getLast().with(write));
    }
    return this;
  }

  WrittenLog force() {
    log.force();
    return this;
  }

  /** The last group is on the disk, but nobody was told: as good as not forced. */
  WrittenLog leaveUntold() {
    log.force();
    return this;
  }

  WrittenLog prepareSpare() {
    log.prepareSpare();
    return this;
  }

  /** Starts and stops once more. */
  WrittenLog restart() {
    log.close();
    SegmentedLog.open(disk, Fixtures.IDENTITY, config).close();
    return this;
  }

  /** A disk with these contents, to damage. */
  MemoryDisk disk() {
    return disk.copy(Seeds.generator(1));
  }

  LogModel state(long sequence) {
    return states.get((int) sequence - 1);
  }

  LogModel last() {
    return states.getLast();
  }

  /** Reads the damaged disk as a start would. */
  LogModel read(MemoryDisk damaged) {
    damaged.crash(Loss.NOTHING);
    try (SegmentedLog opened = SegmentedLog.open(damaged, Fixtures.IDENTITY, config)) {
      return LogModel.of(opened);
    }
  }

  /** Where the batches are, by sequence. */
  List<Place> places() throws IOException {
    return places(disk);
  }

  static List<Place> places(MemoryDisk disk) throws IOException {
    var places = new ArrayList<Place>();
    for (long id : Segment.ids(disk.list())) {
      try (DiskFile file = disk.open(Segment.name(id))) {
        var window = new FileWindow(1 << 14);
        var header = SegmentReader.segmentHeader(file, id, "", window);
        long position = header.map(SegmentHeaderCodec::lengthBytes).orElse(0);
        long salt = header.map(SegmentHeader::salt).orElse(0L);
        var reader = new SegmentReader(disk, new Segment(id, salt, file), window);
        while (reader.batch(position) instanceof Found.Whole batch) {
          places.add(new Place(Segment.name(id), position, batch.header()));
          position += batch.header().lengthBytes();
        }
      }
    }
    return places;
  }

  /** Zeros everything in the file from the offset on, as if it had never reached the disk. */
  static void tear(MemoryDisk disk, String name, long from) throws IOException {
    try (DiskFile file = disk.open(name)) {
      file.write(ByteBuffer.allocate(Math.toIntExact(file.sizeBytes() - from)), from);
      file.force();
    }
  }

  /** Whether the batch is on the damaged disk as it was written. */
  boolean isWhole(Place place, MemoryDisk damaged) throws IOException {
    return bytes(place, disk).equals(bytes(place, damaged));
  }

  private static ByteBuffer bytes(Place place, MemoryDisk from) throws IOException {
    var buffer = ByteBuffer.allocate(place.header().lengthBytes());
    try (DiskFile file = from.open(place.file())) {
      file.read(buffer, place.start());
    }
    return buffer.flip();
  }

  /** Where a batch is. */
  record Place(String file, long start, BatchHeader header) {
    long end() {
      return start + header.lengthBytes();
    }
  }
}
