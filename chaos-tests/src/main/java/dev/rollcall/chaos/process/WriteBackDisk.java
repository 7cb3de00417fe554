package dev.rollcall.chaos.process;

import dev.rollcall.raft.log.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk with a write-back cache in the memory of this process: what was not forced is gone when
 * the process is killed, as the page cache of a machine is when its power fails. A kill -9 over a
 * plain disk never shows a missing force, since the kernel keeps the pages.
 *
 * <p>What it models, and {@link dev.rollcall.raft.log.fake.MemoryDisk} does alike:
 *
 * <ul>
 *   <li>Bytes written, and the length that a file was created with or grew to, are lost until
 *       {@link DiskFile#force}.
 *   <li>Files created, renamed and deleted are so for this process alone until {@link
 *       #forceDirectory}; of several such changes the first ones are kept, never a later one alone.
 *   <li>A cache may write back whatever it likes before it is told to. With an eagerness above 0
 *       single sectors of 512 bytes are kept without a force, and changes of the directory too; and
 *       a process killed in the middle of a force has kept any of its sectors.
 * </ul>
 *
 * <p>What was forced is in files of the disk beneath, and was forced there too. Closing a file
 * forces nothing and loses nothing. A process that ends in peace loses what it did not force as
 * well. Only the disk's own process sees its files: beneath, those not forced have other names.
 *
 * <p>Any thread.
 */
final class WriteBackDisk implements Disk {
  private static final int SECTOR_BYTES = 512;
  private static final String NAMELESS = "not-forced-";
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private final Disk beneath;
  private final RandomGenerator random;
  private final double eagerness;
  private final TreeMap<String, CachedFile> files = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private long namelessFiles;

  /**
   * Nothing else may use the disk beneath.
   *
   * @param eagerness chance that a write or a change of the directory makes the cache keep
   *     something that was not forced; 0 for one that never does
   */
  WriteBackDisk(Disk beneath, RandomGenerator random, double eagerness) throws IOException {
    this.beneath = beneath;
    this.random = random;
    this.eagerness = eagerness;
    for (String name : beneath.list()) {
      if (name.startsWith(NAMELESS)) {
        beneath.delete(name); // of a process that was killed
      } else {
        files.put(name, new CachedFile(name));
      }
    }
  }

  @Override
  public String path(String name) {
    return beneath.path(name);
  }

  @Override
  public synchronized List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public synchronized DiskFile create(String name, long sizeBytes) throws IOException {
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    var file = new CachedFile(NAMELESS + namelessFiles++);
    beneath.create(file.nameBeneath, 0).close();
    file.sizeBytes = sizeBytes;
    files.put(name, file);
    DiskFile opened = new OpenFile(file);
    change(() -> file.renameBeneath(name));
    return opened;
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    return new OpenFile(require(name));
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    CachedFile file = require(from);
    files.remove(from);
    files.put(to, file);
    change(() -> file.renameBeneath(to));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    CachedFile file = files.remove(name);
    if (file != null) {
      change(() -> beneath.delete(file.nameBeneath));
    }
  }

  @Override
  public void forceDirectory() throws IOException {
    synchronized (this) {
      keepChanges();
    }
    beneath.forceDirectory();
  }

  private CachedFile require(String name) throws NoSuchFileException {
    CachedFile file = files.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return file;
  }

  private void change(Change change) throws IOException {
    changes.add(change);
    if (isEager()) {
      keepChanges();
    }
  }

  private void keepChanges() throws IOException {
    for (Change change : changes) {
      change.makeBeneath();
    }
    changes.clear();
  }

  private boolean isEager() {
    return random.nextDouble() < eagerness;
  }

  /** A change of the directory that the disk beneath has not seen. */
  @FunctionalInterface
  private interface Change {
    void makeBeneath() throws IOException;
  }

  /** A file, whatever its name is, with what was not forced of it. Guarded by the disk. */
  private final class CachedFile {
    private String nameBeneath;
    private final TreeMap<Long, byte[]> unforced = new TreeMap<>(); // whole sectors by number
    private long sizeBytes;
    private int handles;
    private @Nullable DiskFile open;

    CachedFile(String nameBeneath) {
      this.nameBeneath = nameBeneath;
    }

    void renameBeneath(String to) throws IOException {
      beneath.rename(nameBeneath, to);
      nameBeneath = to;
    }

    DiskFile addHandle() throws IOException {
      DiskFile file = open;
      if (file == null) {
        file = beneath.open(nameBeneath);
        open = file;
        sizeBytes = Math.max(sizeBytes, file.sizeBytes());
      }
      handles++;
      return file;
    }

    /** Stays open as long as there is something that only this process knows. */
    void removeHandle() throws IOException {
      handles--;
      DiskFile file = open;
      if (handles == 0 && file != null && unforced.isEmpty() && file.sizeBytes() == sizeBytes) {
        open = null;
        file.close();
      }
    }

    int read(DiskFile file, ByteBuffer into, long position) throws IOException {
      int count = Math.clamp(sizeBytes - position, 0, into.remaining());
      ByteBuffer range = into.slice(into.position(), count);
      file.read(range, position);
      while (range.hasRemaining()) {
        range.put((byte) 0); // not that long beneath yet
      }
      long firstSector = position / SECTOR_BYTES;
      long endSector = (position + count + SECTOR_BYTES - 1) / SECTOR_BYTES;
      for (var sector : unforced.subMap(firstSector, Math.max(firstSector, endSector)).entrySet()) {
        long start = sector.getKey() * SECTOR_BYTES;
        int from = (int) Math.max(0, position - start);
        int to = (int) Math.min(SECTOR_BYTES, position + count - start);
        range.put((int) (start + from - position), sector.getValue(), from, to - from);
      }
      into.position(into.position() + count);
      return count;
    }

    void write(DiskFile file, ByteBuffer from, long position) throws IOException {
      long at = position;
      while (from.hasRemaining()) {
        long number = at / SECTOR_BYTES;
        int offset = (int) (at % SECTOR_BYTES);
        int length = Math.min(from.remaining(), SECTOR_BYTES - offset);
        byte[] sector = unforced.get(number);
        if (sector == null) {
          sector = length == SECTOR_BYTES ? new byte[SECTOR_BYTES] : sector(file, number);
          unforced.put(number, sector);
        }
        from.get(sector, offset, length);
        at += length;
      }
      sizeBytes = Math.max(sizeBytes, at);
      if (!unforced.isEmpty() && isEager()) {
        long first = unforced.firstKey();
        long any = random.nextLong(first, unforced.lastKey() + 1);
        keep(file, unforced.ceilingKey(any));
      }
    }

    /**
     * All that is not forced, to the disk beneath, which may forget it only when its power goes.
     */
    void keepAll(DiskFile file) throws IOException {
      for (long end = file.sizeBytes(); end < sizeBytes; ) {
        ByteBuffer piece = ZEROS.duplicate();
        piece.limit((int) Math.min(piece.capacity(), sizeBytes - end));
        file.write(piece, end);
        end += piece.limit();
      }
      // In no order, so that a kill in between leaves holes.
      var numbers = new ArrayList<>(unforced.keySet());
      Collections.shuffle(numbers, random);
      for (long number : numbers) {
        keep(file, number);
      }
    }

    private void keep(DiskFile file, long number) throws IOException {
      long start = number * SECTOR_BYTES;
      int length = (int) Math.min(SECTOR_BYTES, sizeBytes - start);
      file.write(ByteBuffer.wrap(unforced.get(number), 0, length), start);
      unforced.remove(number);
    }

    private static byte[] sector(DiskFile file, long number) throws IOException {
      ByteBuffer sector = ByteBuffer.allocate(SECTOR_BYTES);
      file.read(sector, number * SECTOR_BYTES);
      return sector.array();
    }
  }

  /** A file as it was opened once. */
  private final class OpenFile implements DiskFile {
    private final CachedFile file;
    private final DiskFile fileBeneath;
    private boolean isClosed;

    OpenFile(CachedFile file) throws IOException {
      this.file = file;
      this.fileBeneath = file.addHandle();
    }

    @Override
    public long sizeBytes() throws IOException {
      synchronized (WriteBackDisk.this) {
        requireOpen();
        return file.sizeBytes;
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (WriteBackDisk.this) {
        requireOpen();
        return file.read(fileBeneath, into, position);
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      synchronized (WriteBackDisk.this) {
        requireOpen();
        file.write(fileBeneath, from, position);
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (WriteBackDisk.this) {
        requireOpen();
        file.keepAll(fileBeneath);
      }
      // Without the lock: readers do not wait for a real disk.
      fileBeneath.force();
    }

    @Override
    public void close() throws IOException {
      synchronized (WriteBackDisk.this) {
        if (!isClosed) {
          isClosed = true;
          file.removeHandle();
        }
      }
    }

    private void requireOpen() throws ClosedChannelException {
      if (isClosed) {
        throw new ClosedChannelException();
      }
    }
  }
}
