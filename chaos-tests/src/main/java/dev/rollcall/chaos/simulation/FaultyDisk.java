package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Failing;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What goes wrong with one node's disk while its machine runs on. Errors are seen at once and stop
 * the process. Damage is silent until somebody reads it: it falls only on bytes that something
 * written later proves to have been durable, for damage to the very last batch can not be told from
 * a torn write.
 */
final class FaultyDisk {
  private static final int SECTOR_BYTES = 512;
  private static final int TRIES_MAX = 24;

  private final MemoryDisk disk;
  private Runnable struck = () -> {};
  private long failuresSeen;
  private long refusalsSeen;
  private long refusalsAtFill = Long.MAX_VALUE;

  FaultyDisk(MemoryDisk disk) {
    this.disk = disk;
  }

  /**
   * Lets the next such operation fail.
   *
   * @param whenStruck run when a process has stopped for it
   */
  void failNext(Failing what, Runnable whenStruck) {
    struck = whenStruck;
    disk.failNext(what);
  }

  /**
   * Leaves next to no room, until {@link #heal}.
   *
   * @param whenStruck run when room was refused, and that was noticed
   */
  void fill(long bytesLeft, Runnable whenStruck) {
    struck = whenStruck;
    refusalsAtFill = disk.refusals();
    disk.limitTo(disk.usedBytes() + bytesLeft);
  }

  /** Nothing fails any more; damage stays. */
  void heal() {
    if (disk.refusals() > refusalsAtFill) {
      strike();
    }
    refusalsAtFill = Long.MAX_VALUE;
    disk.failNoMore();
    disk.limitNoMore();
  }

  /** Whether the disk has failed the process since the last time somebody asked. */
  boolean tookProcess() {
    boolean failed = disk.failures() > failuresSeen || disk.refusals() > refusalsSeen;
    forget();
    if (failed) {
      strike();
    }
    return failed;
  }

  private void strike() {
    struck.run();
    struck = () -> {};
  }

  /** A process begins: what failed before was not its own. */
  void forget() {
    failuresSeen = disk.failures();
    refusalsSeen = disk.refusals();
  }

  /** Whether bytes of the log on this disk are not what was written. */
  boolean isDamaged() {
    return disk.damaged().stream().anyMatch(name -> name.endsWith(".log"));
  }

  /** Flips bits in a place, for readers as well; says where, if there was anything to rot. */
  Optional<String> rot(RandomGenerator random) {
    var log = LogOnDisk.of(disk);
    String file = pick(log, random);
    int proven = log.provenBytes(file);
    if (proven == 0) {
      return Optional.empty();
    }
    int from = random.nextInt(proven);
    int length = random.nextBoolean() ? 1 : Math.min(proven - from, 1 + random.nextInt(64));
    ByteBuffer bytes = copy(disk.durable(file).slice(from, length));
    for (int i = 0; i < length; i++) {
      bytes.put(i, (byte) (bytes.get(i) ^ (1 << random.nextInt(8))));
    }
    disk.damage(file, from, bytes, true);
    return Optional.of(", " + length + " bytes of " + file + " at " + from);
  }

  /** A write that was forced turns out never to have reached the platter. */
  Optional<String> loseWrite(RandomGenerator random) {
    var log = LogOnDisk.of(disk);
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      String file = pick(log, random);
      int sector = random.nextInt(log.provenBytes(file) / SECTOR_BYTES + 1);
      if (isProvenChange(log, file, sector, disk.beforeLastForce(file, sector))) {
        put(file, sector, disk.beforeLastForce(file, sector));
        return Optional.of(", sector " + sector + " of " + file);
      }
    }
    return Optional.empty();
  }

  /** A write that was forced turns out to have gone to another place of the log. */
  Optional<String> misdirectWrite(RandomGenerator random) {
    var log = LogOnDisk.of(disk);
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      String file = pick(log, random);
      String other = pick(log, random);
      int from = random.nextInt(log.provenBytes(file) / SECTOR_BYTES + 1);
      int to = random.nextInt(log.provenBytes(other) / SECTOR_BYTES + 1);
      ByteBuffer before = disk.beforeLastForce(file, from);
      ByteBuffer written = copy(sector(file, from));
      boolean isElsewhere = from != to || !file.equals(other);
      if (isElsewhere
          && isProvenChange(log, file, from, before)
          && isProvenChange(log, other, to, written)) {
        put(file, from, before);
        put(other, to, written);
        return Optional.of(
            ", sector " + from + " of " + file + " to sector " + to + " of " + other);
      }
    }
    return Optional.empty();
  }

  private static String pick(LogOnDisk log, RandomGenerator random) {
    List<String> files = log.files();
    return files.get(random.nextInt(files.size()));
  }

  private ByteBuffer sector(String file, int sector) {
    ByteBuffer bytes = disk.durable(file);
    int start = sector * SECTOR_BYTES;
    return bytes.slice(start, Math.min(SECTOR_BYTES, bytes.limit() - start));
  }

  /** Whether the sector would become another one, and in proven places only. */
  private boolean isProvenChange(LogOnDisk log, String file, int sector, ByteBuffer bytes) {
    ByteBuffer now = sector(file, sector);
    if (now.remaining() != bytes.remaining() || now.equals(bytes)) {
      return false;
    }
    int last = now.remaining() - 1;
    while (now.get(last) == bytes.get(last)) {
      last--;
    }
    return sector * SECTOR_BYTES + last < log.provenBytes(file);
  }

  private void put(String file, int sector, ByteBuffer bytes) {
    disk.damage(file, (long) sector * SECTOR_BYTES, bytes, false);
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }
}
