package dev.rollcall.raft.log;

import static dev.rollcall.raft.log.Fixtures.SMALL;
import static dev.rollcall.raft.log.Fixtures.commands;
import static dev.rollcall.testkit.FuzzTarget.requireEqual;

import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What a node reads from its own log: whatever was written over a log, it is found to be corrupt,
 * another's or a later version's, or it opens, takes an entry, and opens again with what it had.
 */
public final class LogFuzzTest implements FuzzTargets {
  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("PATCHED_SEGMENT", LogFuzzTest::patched, patches()),
        new FuzzTarget("SEGMENT", LogFuzzTest::replaced, segments()));
  }

  private static WrittenLog log() {
    return new WrittenLog(SMALL)
        .append(commands(1, 2, "a", "b"))
        .force()
        .append(commands(2, 4, "c"), commands(3, 4, "d", "e"))
        .leaveUntold();
  }

  /** Pieces of the input lie over the last segment: offset (2 bytes), length (1), bytes. */
  private static void patched(byte[] input) {
    MemoryDisk disk = log().disk();
    var pieces = ByteBuffer.wrap(input);
    try (DiskFile file = disk.open(Segment.name(last(disk)))) {
      while (pieces.remaining() > 3) {
        int offset = Short.toUnsignedInt(pieces.getShort());
        int length = Math.min(Byte.toUnsignedInt(pieces.get()), pieces.remaining());
        var bytes = pieces.slice(pieces.position(), length);
        pieces.position(pieces.position() + length);
        if (offset + length <= file.sizeBytes()) {
          file.write(bytes, offset);
        }
      }
      file.force();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    requireSound(disk);
  }

  private static List<byte[]> patches() {
    return List.of(new byte[] {0, 90, 2, 1, 1, 0, 120, 1, 7}, new byte[0]);
  }

  /** The input is the only segment. */
  private static void replaced(byte[] input) {
    MemoryDisk disk = log().disk();
    String name = Segment.name(last(disk));
    try {
      int size = Math.toIntExact(size(disk, name));
      var bytes = ByteBuffer.allocate(size).put(input, 0, Math.min(input.length, size)).clear();
      try (DiskFile file = disk.open(name)) {
        file.write(bytes, 0);
        file.force();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    requireSound(disk);
  }

  private static List<byte[]> segments() {
    MemoryDisk disk = log().disk();
    ByteBuffer durable = disk.durable(Segment.name(last(disk)));
    byte[] bytes = new byte[durable.remaining()];
    durable.get(bytes);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return List.of(Arrays.copyOf(bytes, end));
  }

  private static void requireSound(MemoryDisk disk) {
    LogModel found;
    try (SegmentedLog log = SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL)) {
      long next = log.lastIndex() + 1;
      log.append(commands(Math.max(9, log.term(next - 1)), next, "next"));
      log.force();
      found = LogModel.of(log);
    } catch (CorruptLog | WrongIdentity | UnknownFormat e) {
      return;
    }
    try (SegmentedLog log = SegmentedLog.open(disk, Fixtures.IDENTITY, SMALL)) {
      requireEqual(found, LogModel.of(log));
    }
  }

  private static long last(MemoryDisk disk) {
    try {
      return Segment.ids(disk.list()).getLast();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(MemoryDisk disk, String name) throws IOException {
    try (DiskFile file = disk.open(name)) {
      return file.sizeBytes();
    }
  }
}
