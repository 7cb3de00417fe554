package dev.rollcall.raft.log.fake;

import dev.rollcall.raft.log.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps only what was forced. {@link #crash} is the power failing: of every
 * sector of 512 bytes written since its file's last force it is drawn whether it is kept, dropped
 * or garbled, and directory operations since the last {@link #forceDirectory} are undone from some
 * point on. Bytes that had been forced stay (power-safe overwrite). The same generator gives the
 * same losses.
 *
 * <p>Any thread; one at a time.
 */
public final class MemoryDisk implements Disk {
  /** What a crash takes away. */
  public enum Loss {
    /**
     * Nothing: the process is gone, the operating system has not noticed. A later crash may take
     * it.
     */
    NOTHING,
    /** Of what was not forced, what the generator says. */
    SOME,
    /** All that was not forced. */
    EVERYTHING
  }

  /** What changes something on the disk. */
  public enum Step {
    CREATE,
    WRITE,
    FORCE,
    RENAME,
    DELETE,
    FORCE_DIRECTORY
  }

  /** What may fail, once, while the power is on. */
  public enum Failing {
    READ,
    /** Some of the first sectors are written all the same. */
    WRITE,
    /** What it should have made durable never will be. */
    FORCE
  }

  private static final long NEVER = Long.MAX_VALUE;
  private static final String DISK_FAILED = "the disk failed";

  private final RandomGenerator random;
  private final TreeMap<String, MemoryFile> seen = new TreeMap<>();
  private final TreeMap<String, MemoryFile> forced = new TreeMap<>();
  private final List<Change> unforced = new ArrayList<>();
  private int life;
  private long forces;
  private long operations;
  private long powerEndsAt = NEVER;
  private @Nullable Step lastStep;
  private boolean lastStepIsDone;
  private boolean isPowerOff;
  private @Nullable Failing fails;
  private long failures;
  private long roomBytes = NEVER;
  private long refusals;

  /** An empty disk. */
  public MemoryDisk(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The process dies, and all its open files with it; with more than nothing lost, the machine
   * does. Ends what {@link #endPowerAfter}, {@link #endPowerAt} and {@link #failNext} have asked
   * for.
   */
  public synchronized void crash(Loss loss) {
    life++;
    keepPower();
    fails = null;
    if (loss == Loss.NOTHING) {
      return;
    }
    int kept = loss == Loss.SOME ? random.nextInt(unforced.size() + 1) : 0;
    unforced.subList(0, kept).forEach(change -> change.in(forced));
    unforced.clear();
    forced.values().forEach(file -> file.crash(loss, random));
    seen.clear();
    seen.putAll(forced);
  }

  /** The next force of a file fails; what it should have made durable never will be. */
  public synchronized void failNextForce() {
    failNext(Failing.FORCE);
  }

  /** The next operation of this kind fails. */
  public synchronized void failNext(Failing what) {
    fails = what;
  }

  /** Takes back what {@link #failNext} has asked for and what has not happened yet. */
  public synchronized void failNoMore() {
    fails = null;
  }

  /** Number of operations that failed as {@link #failNext} has asked. */
  public synchronized long failures() {
    return failures;
  }

  /**
   * After so many more operations that change something every operation fails, until {@link
   * #crash}. Of the one that hits the end it is open whether it has happened.
   */
  public synchronized void endPowerAfter(long operationsMore) {
    powerEndsAt = operations + operationsMore;
  }

  /**
   * At the next step of this kind, and from then on, every operation fails, until {@link #crash}.
   *
   * @param isDone whether that step still happens; also then it fails in the eyes of its caller
   */
  public synchronized void endPowerAt(Step step, boolean isDone) {
    lastStep = step;
    lastStepIsDone = isDone;
  }

  /** Whether it works; no more once {@link #endPowerAfter} or {@link #endPowerAt} came true. */
  public synchronized boolean hasPower() {
    return !isPowerOff && operations < powerEndsAt;
  }

  /** Takes back what {@link #endPowerAfter} and {@link #endPowerAt} have asked for. */
  public synchronized void keepPower() {
    powerEndsAt = NEVER;
    lastStep = null;
    isPowerOff = false;
  }

  /** From now on no file grows when all together would have more bytes than this. */
  public synchronized void limitTo(long bytes) {
    roomBytes = bytes;
  }

  /** The disk has room again. */
  public synchronized void limitNoMore() {
    roomBytes = NEVER;
  }

  /** Number of operations that failed for want of room. */
  public synchronized long refusals() {
    return refusals;
  }

  /** Bytes of all files. */
  public synchronized long usedBytes() {
    return seen.values().stream().mapToLong(MemoryFile::sizeBytes).sum();
  }

  /** Number of forces of files that succeeded. */
  public synchronized long forces() {
    return forces;
  }

  /**
   * Number of operations that change something: creations, writes, forces, renamings, deletions.
   */
  public synchronized long operations() {
    return operations;
  }

  /** Flips the bits of {@code mask} in one byte, on the disk as well as for readers. */
  public synchronized void corrupt(String name, long offset, int mask) {
    MemoryFile file = seen.get(name);
    if (file == null || offset < 0 || offset >= file.sizeBytes()) {
      throw new IllegalArgumentException("no byte " + offset + " in " + name);
    }
    file.corrupt((int) offset, mask);
  }

  /** Names of the files that a crash which loses everything would leave. */
  public synchronized List<String> durableNames() {
    return List.copyOf(forced.keySet());
  }

  /** What is on the disk of a file of {@link #durableNames}, whatever its readers see. */
  public synchronized ByteBuffer durable(String name) {
    return durableFile(name).durable();
  }

  /** What was on the disk before the last force that wrote this sector; zeros where none did. */
  public synchronized ByteBuffer beforeLastForce(String name, int sector) {
    return durableFile(name).beforeLastForce(sector);
  }

  /**
   * Puts other bytes on the disk in the place of those that were forced.
   *
   * @param isSeen whether readers see them at once; else only after a crash, and never if they are
   *     written and forced again before
   */
  public synchronized void damage(String name, long offset, ByteBuffer bytes, boolean isSeen) {
    durableFile(name).damage(name, Math.toIntExact(offset), bytes, isSeen);
  }

  /** Names of the files with bytes that {@link #damage} has put there. */
  public synchronized List<String> damaged() {
    var names = new TreeSet<String>();
    seen.forEach((name, file) -> {
      if (file.isDamaged(name)) {
        names.add(name);
      }
    });
    forced.forEach((name, file) -> {
      if (file.isDamaged(name)) {
        names.add(name);
      }
    });
    return List.copyOf(names);
  }

  private MemoryFile durableFile(String name) {
    MemoryFile file = forced.get(name);
    if (file == null) {
      throw new IllegalArgumentException("no file " + name + " would survive a crash");
    }
    return file;
  }

  /** Another disk in the same state, unforced changes included; nothing is open on it. */
  public synchronized MemoryDisk copy(RandomGenerator randomOfCopy) {
    var copy = new MemoryDisk(randomOfCopy);
    var files = new IdentityHashMap<MemoryFile, MemoryFile>();
    UnaryOperator<MemoryFile> copied = file -> files.computeIfAbsent(file, MemoryFile::copy);
    seen.forEach((name, file) -> copy.seen.put(name, copied.apply(file)));
    forced.forEach((name, file) -> copy.forced.put(name, copied.apply(file)));
    unforced.forEach(change -> copy.unforced.add(change.with(copied)));
    return copy;
  }

  @Override
  public synchronized long salt() {
    return random.nextLong();
  }

  @Override
  public synchronized List<String> list() throws IOException {
    requirePower();
    return List.copyOf(seen.keySet());
  }

  @Override
  public synchronized DiskFile create(String name, long sizeBytes) throws IOException {
    begin(Step.CREATE);
    if (seen.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    requireRoom(sizeBytes);
    var file = new MemoryFile();
    file.extend(Math.toIntExact(sizeBytes));
    change(Step.CREATE, new Change.Created(name, file));
    return new OpenFile(file, life);
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    requirePower();
    MemoryFile file = seen.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return new OpenFile(file, life);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    begin(Step.RENAME);
    if (!seen.containsKey(from)) {
      throw new NoSuchFileException(from);
    }
    change(Step.RENAME, new Change.Renamed(from, to));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    requirePower();
    if (seen.containsKey(name)) {
      begin(Step.DELETE);
      change(Step.DELETE, new Change.Deleted(name));
    }
  }

  @Override
  public synchronized void forceDirectory() throws IOException {
    begin(Step.FORCE_DIRECTORY);
    countOperation();
    unforced.forEach(change -> change.in(forced));
    unforced.clear();
    end(Step.FORCE_DIRECTORY);
  }

  private void change(Step step, Change change) throws IOException {
    change.in(seen);
    unforced.add(change);
    countOperation();
    end(step);
  }

  private void begin(Step step) throws IOException {
    isPowerOff |= step == lastStep && !lastStepIsDone;
    requirePower();
  }

  private void end(Step step) throws IOException {
    isPowerOff |= step == lastStep && lastStepIsDone;
    requirePower();
  }

  private boolean failsNow(Failing what) {
    boolean isNow = fails == what;
    if (isNow) {
      fails = null;
      failures++;
    }
    return isNow;
  }

  private void requirePower() throws IOException {
    if (!hasPower()) {
      throw new IOException("no power");
    }
  }

  private void requireRoom(long more) throws IOException {
    if (more > 0 && roomBytes != NEVER && usedBytes() + more > roomBytes) {
      refusals++;
      throw new IOException("No space left on device");
    }
  }

  private void countOperation() throws IOException {
    operations++;
    requirePower();
  }

  /** What happens to a directory. */
  private sealed interface Change {
    void in(Map<String, MemoryFile> directory);

    Change with(UnaryOperator<MemoryFile> file);

    record Created(String name, MemoryFile file) implements Change {
      @Override
      public void in(Map<String, MemoryFile> directory) {
        directory.put(name, file);
      }

      @Override
      public Change with(UnaryOperator<MemoryFile> copied) {
        return new Created(name, copied.apply(file));
      }
    }

    record Renamed(String from, String to) implements Change {
      @Override
      public void in(Map<String, MemoryFile> directory) {
        MemoryFile file = directory.remove(from);
        if (file != null) {
          directory.put(to, file);
        }
      }

      @Override
      public Change with(UnaryOperator<MemoryFile> copied) {
        return this;
      }
    }

    record Deleted(String name) implements Change {
      @Override
      public void in(Map<String, MemoryFile> directory) {
        directory.remove(name);
      }

      @Override
      public Change with(UnaryOperator<MemoryFile> copied) {
        return this;
      }
    }
  }

  /** A file as one process has it open. */
  private final class OpenFile implements DiskFile {
    private final MemoryFile file;
    private final int openedIn;
    private boolean closed;

    OpenFile(MemoryFile file, int openedIn) {
      this.file = file;
      this.openedIn = openedIn;
    }

    @Override
    public long sizeBytes() throws IOException {
      synchronized (MemoryDisk.this) {
        requireOpen();
        return file.sizeBytes();
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (MemoryDisk.this) {
        requireOpen();
        if (failsNow(Failing.READ)) {
          throw new IOException(DISK_FAILED);
        }
        return file.read(into, position);
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      synchronized (MemoryDisk.this) {
        requireOpen();
        begin(Step.WRITE);
        requireRoom(position + from.remaining() - file.sizeBytes());
        if (failsNow(Failing.WRITE)) {
          file.write(from.duplicate().limit(beginning(from)), position);
          throw new IOException(DISK_FAILED);
        }
        file.write(from, position);
        countOperation();
        end(Step.WRITE);
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (MemoryDisk.this) {
        requireOpen();
        begin(Step.FORCE);
        countOperation();
        if (failsNow(Failing.FORCE)) {
          file.failForce();
          throw new IOException(DISK_FAILED);
        }
        file.force();
        forces++;
        end(Step.FORCE);
      }
    }

    @Override
    public void close() {
      synchronized (MemoryDisk.this) {
        closed = true;
      }
    }

    private int beginning(ByteBuffer from) {
      int sectors = from.remaining() / MemoryFile.SECTOR_BYTES;
      return from.position() + random.nextInt(sectors + 1) * MemoryFile.SECTOR_BYTES;
    }

    private void requireOpen() throws IOException {
      if (closed || openedIn != life) {
        throw new ClosedChannelException();
      }
      requirePower();
    }
  }
}
