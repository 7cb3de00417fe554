package dev.rollcall.raft.log.fake;

import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Contents of a file twice: as its readers see them, and as they are on the disk. Sectors written
 * since the last force differ, and a crash decides about each.
 */
final class MemoryFile {
  static final int SECTOR_BYTES = 512;

  private byte[] seen = new byte[0];
  private byte[] forced = new byte[0];
  private int seenBytes;
  private int forcedBytes;
  private BitSet unforced = new BitSet();
  private BitSet abandoned = new BitSet(); // in a failed force: seen for now, never on the disk
  private byte[] beforeForce = new byte[0]; // of each sector, as the last force found it
  private BitSet rotten = new BitSet(); // damaged, and seen so
  private BitSet rottenUnseen = new BitSet(); // damaged on the disk alone: a crash shows it
  private String damagedAs = "";

  int sizeBytes() {
    return seenBytes;
  }

  int read(ByteBuffer into, long position) {
    int length = Math.clamp(seenBytes - position, 0, into.remaining());
    if (length > 0) {
      into.put(seen, (int) position, length);
    }
    return length;
  }

  void write(ByteBuffer from, long position) {
    int start = Math.toIntExact(position);
    int end = Math.addExact(start, from.remaining());
    if (end > start) {
      extend(end);
      from.get(seen, start, end - start);
      mark(start, end);
    }
  }

  /** Makes it this long, with zeros. */
  void extend(int size) {
    if (size > seenBytes) {
      seen = withCapacity(seen, size);
      mark(seenBytes, size);
      seenBytes = size;
    }
  }

  void force() {
    forced = withCapacity(forced, seenBytes);
    unforced.stream().forEach(sector -> keep(sector));
    forcedBytes = seenBytes;
    unforced.clear();
  }

  /** As Linux does it: what could not be written is taken for written. */
  void failForce() {
    abandoned.or(unforced);
    unforced.clear();
  }

  void crash(Loss loss, RandomGenerator random) {
    if (loss == Loss.NOTHING) {
      return;
    }
    int size = forcedBytes;
    if (loss == Loss.SOME) {
      size = random.nextBoolean() ? seenBytes : forcedBytes;
      forced = withCapacity(forced, size);
      int end = size;
      unforced.stream()
          .takeWhile(sector -> sector * SECTOR_BYTES < end)
          .forEach(sector -> decide(sector, random));
    }
    forcedBytes = size;
    seenBytes = size;
    seen = Arrays.copyOf(forced, size);
    unforced.clear();
    abandoned.clear();
    rotten.or(rottenUnseen);
    rottenUnseen.clear();
  }

  ByteBuffer durable() {
    return ByteBuffer.wrap(forced, 0, forcedBytes).slice().asReadOnlyBuffer();
  }

  ByteBuffer beforeLastForce(int sector) {
    int start = sector * SECTOR_BYTES;
    int end = Math.min(start + SECTOR_BYTES, forcedBytes);
    return ByteBuffer.wrap(withCapacity(beforeForce, end), start, end - start).slice();
  }

  /**
   * Changes what was forced.
   *
   * @param name which the file has now; as another file of the log these bytes mean nothing
   */
  void damage(String name, int offset, ByteBuffer bytes, boolean isSeen) {
    damagedAs = name;
    int end = offset + bytes.remaining();
    BitSet sectors = isSeen ? rotten : rottenUnseen;
    sectors.set(offset / SECTOR_BYTES, (end - 1) / SECTOR_BYTES + 1);
    bytes.duplicate().get(forced, offset, end - offset);
    if (isSeen) {
      bytes.duplicate().get(seen, offset, end - offset);
    }
  }

  boolean isDamaged(String name) {
    return name.equals(damagedAs) && !(rotten.isEmpty() && rottenUnseen.isEmpty());
  }

  void corrupt(int offset, int mask) {
    seen[offset] ^= (byte) mask;
    if (offset < forcedBytes) {
      forced[offset] ^= (byte) mask;
    }
  }

  MemoryFile copy() {
    var copy = new MemoryFile();
    copy.seen = seen.clone();
    copy.forced = forced.clone();
    copy.seenBytes = seenBytes;
    copy.forcedBytes = forcedBytes;
    copy.unforced = (BitSet) unforced.clone();
    copy.abandoned = (BitSet) abandoned.clone();
    copy.beforeForce = beforeForce.clone();
    copy.rotten = (BitSet) rotten.clone();
    copy.rottenUnseen = (BitSet) rottenUnseen.clone();
    copy.damagedAs = damagedAs;
    return copy;
  }

  private void decide(int sector, RandomGenerator random) {
    switch (random.nextInt(3)) {
      case 0 -> keep(sector);
      case 1 -> {} // dropped
      default -> garble(sector, random);
    }
  }

  private void keep(int sector) {
    int start = sector * SECTOR_BYTES;
    int end = Math.min(start + SECTOR_BYTES, seenBytes);
    beforeForce = withCapacity(beforeForce, forced.length);
    System.arraycopy(forced, start, beforeForce, start, end - start);
    System.arraycopy(seen, start, forced, start, end - start);
    abandoned.clear(sector);
    rottenUnseen.clear(sector);
  }

  /** Only between the first and the last byte that was to change: disks leave the rest alone. */
  private void garble(int sector, RandomGenerator random) {
    int start = sector * SECTOR_BYTES;
    int end = Math.min(start + SECTOR_BYTES, Math.min(seenBytes, forced.length));
    int first = Arrays.mismatch(forced, start, end, seen, start, end);
    if (first < 0) {
      return;
    }
    int last = end;
    while (forced[last - 1] == seen[last - 1]) {
      last--;
    }
    for (int i = start + first; i < last; i++) {
      forced[i] = (byte) random.nextInt();
    }
  }

  private void mark(int start, int end) {
    int last = (end - 1) / SECTOR_BYTES;
    unforced.set(start / SECTOR_BYTES, last + 1);
    abandoned.clear(start / SECTOR_BYTES, last + 1);
  }

  private static byte[] withCapacity(byte[] bytes, int size) {
    return size <= bytes.length
        ? bytes
        : Arrays.copyOf(
            bytes, Math.max(size, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * bytes.length)));
  }
}
