package dev.rollcall.store.rocks;

import dev.rollcall.store.OrderedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Rows in RocksDB, one column family. Its own write-ahead log is off: the Raft log is ours, and
 * what a crash takes from here is applied again from there. A batch carries the index it leads to,
 * so after a crash the rows are those of some index, never of half a batch.
 *
 * <p>One thread writes; any thread may read or flush; close comes last.
 */
public final class RocksOrderedStore implements OrderedStore {
  private static final long WRITE_BUFFER_BYTES = 64 << 20;
  private static final long BLOCK_CACHE_BYTES = 8 << 20;
  private static final long INFO_LOG_BYTES_MAX = 1 << 20;
  private static final int OPEN_FILES_MAX = 256;

  /** Each compaction writes most of the state anew, and reads are few: instances on the heap. */
  private static final int FILES_UNTIL_COMPACTION = 8;

  private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();
  private final RocksDB db;
  private final WriteOptions writeOptions;
  private final ReadOptions flushedOnly;
  private final FlushOptions flushOptions;

  private final Generations generations;
  private final Path directory;

  /** Guarded by itself. */
  private final Set<PinnedRows> pinned = new HashSet<>();

  private RocksOrderedStore(Generations generations, Path directory) throws RocksDBException {
    this.generations = generations;
    this.directory = directory;
    // Closed last first: whatever is built from others goes before them.
    writeOptions = own(new WriteOptions().setDisableWAL(true));
    flushedOnly = own(new ReadOptions().setReadTier(ReadTier.PERSISTED_TIER));
    flushOptions = own(new FlushOptions().setWaitForFlush(true));
    try {
      db = own(RocksDB.open(options(), directory.toString()));
    } catch (RocksDBException e) {
      closeOwned();
      throw e;
    }
  }

  /**
   * Opens the rows in this directory, which is made when it is not there, or in the sibling of it
   * that has taken its place ({@link Staged#takeOver}). What a crash has left beside is deleted.
   *
   * @throws StorageFailure when they cannot be opened
   * @throws dev.rollcall.store.UnknownFormat when a later version has switched between directories
   */
  public static RocksOrderedStore open(Path directory) {
    RocksDB.loadLibrary();
    var generations = new Generations(directory);
    try {
      var current = generations.current();
      Files.createDirectories(current);
      var store = new RocksOrderedStore(generations, current);
      // Not before it is open: what is beside it may be all that is left.
      generations.removeAllBut(current);
      return store;
    } catch (RocksDBException | IOException e) {
      throw new StorageFailure("cannot open the store in " + directory + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void write(Batch batch) {
    try (var rocksBatch = new WriteBatch(BatchBytes.of(batch.operations()))) {
      db.write(writeOptions, rocksBatch);
    } catch (RocksDBException e) {
      throw failure("write", e);
    }
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    try {
      return Optional.ofNullable(db.get(key));
    } catch (RocksDBException e) {
      throw failure("get", e);
    }
  }

  @Override
  public Optional<byte[]> getFlushed(byte[] key) {
    requireHealthy();
    try {
      return Optional.ofNullable(db.get(flushedOnly, key));
    } catch (RocksDBException e) {
      throw failure("get flushed", e);
    }
  }

  @Override
  public void scan(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    try (var end = new Slice(to);
        var options = new ReadOptions().setIterateUpperBound(end).setFillCache(false);
        var rows = db.newIterator(options)) {
      for (rows.seek(from); rows.isValid(); rows.next()) {
        if (!visitor.test(rows.key(), rows.value())) {
          return;
        }
      }
      rows.status();
    } catch (RocksDBException e) {
      throw failure("scan", e);
    }
  }

  @Override
  public View pin() {
    var rows = new PinnedRows();
    synchronized (pinned) {
      pinned.add(rows);
    }
    return rows;
  }

  @Override
  public Staged stage() {
    try {
      var next = generations.next();
      Files.createDirectory(next);
      return new StagedRows(new RocksOrderedStore(generations, next));
    } catch (RocksDBException | IOException e) {
      throw new StorageFailure("cannot begin a store beside " + directory, e);
    }
  }

  @Override
  public void flush() {
    try {
      db.flush(flushOptions);
    } catch (RocksDBException e) {
      throw failure("flush", e);
    }
    requireHealthy();
  }

  /** Flushes what is not flushed as far as it can, and closes. */
  @Override
  public void close() {
    List<PinnedRows> views;
    synchronized (pinned) {
      views = List.copyOf(pinned);
    }
    views.forEach(PinnedRows::close);
    closeOwned();
  }

  private void closeOwned() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }

  private Options options() {
    var cache = own(new LRUCache(BLOCK_CACHE_BYTES));
    var table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            // In the cache, so that they are bounded by it.
            .setCacheIndexAndFilterBlocks(true);
    return own(new Options())
        .setCreateIfMissing(true)
        // With the write-ahead log off, the flush of several column families is one step only with
        // this; there is one family today.
        .setAtomicFlush(true)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setMaxWriteBufferNumber(2)
        // There is one writer. Without this a row is inserted beside the last one, with no search,
        // when it belongs there: see BatchBytes.
        .setAllowConcurrentMemtableWrite(false)
        .setTableFormatConfig(table)
        // Not ZSTD for what lies lowest: with it, compaction took as much time as applying.
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setLevel0FileNumCompactionTrigger(FILES_UNTIL_COMPACTION)
        .setMaxOpenFiles(OPEN_FILES_MAX)
        .setMaxBackgroundJobs(2)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(INFO_LOG_BYTES_MAX)
        .setKeepLogFileNum(2)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        // An engine that recovers by itself would hide a failing disk: the node stops instead.
        .setMaxBgErrorResumeCount(0);
  }

  private <T extends AbstractNativeReference> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /**
   * An engine that has failed in the background fails every write from then on, and so stops the
   * node; but not every failed compaction counts as such for it. For us it does. (The engine's
   * listener for this cannot be used: the Java side of it does not know the reasons that come with
   * the log switched off.)
   */
  private void requireHealthy() {
    try {
      long errors = db.getLongProperty("rocksdb.background-errors");
      if (errors > 0) {
        var cause = new IOException(errors + " background errors");
        throw new StorageFailure("the store's engine has failed in the background", cause);
      }
    } catch (RocksDBException e) {
      throw failure("health check", e);
    }
  }

  private void delete() {
    close();
    try {
      Generations.delete(directory);
    } catch (IOException e) {
      throw new StorageFailure("cannot delete " + directory, e);
    }
  }

  /** The rows at the moment it was made, which the engine keeps as long as it is open. */
  private final class PinnedRows implements View {
    private final Snapshot snapshot = db.getSnapshot();

    @Override
    public void scan(byte[] from, BiPredicate<byte[], byte[]> visitor) {
      try (var options = new ReadOptions().setSnapshot(snapshot).setFillCache(false);
          var rows = db.newIterator(options)) {
        for (rows.seek(from); rows.isValid(); rows.next()) {
          if (!visitor.test(rows.key(), rows.value())) {
            return;
          }
        }
        rows.status();
      } catch (RocksDBException e) {
        throw failure("scan", e);
      }
    }

    @Override
    public void close() {
      synchronized (pinned) {
        if (pinned.remove(this)) {
          db.releaseSnapshot(snapshot);
        }
      }
    }
  }

  /** A store in a directory beside this one's. */
  private final class StagedRows implements Staged {
    private final RocksOrderedStore next;
    private boolean isInUse;
    private boolean isOver;

    private StagedRows(RocksOrderedStore next) {
      this.next = next;
    }

    @Override
    public OrderedStore rows() {
      return next;
    }

    @Override
    public void takeOver() {
      next.flush();
      try {
        generations.pointTo(next.directory);
      } catch (IOException e) {
        throw new StorageFailure("cannot switch to " + next.directory, e);
      }
      isInUse = true;
    }

    @Override
    public void close() {
      if (!isOver) {
        isOver = true;
        (isInUse ? RocksOrderedStore.this : next).delete();
      }
    }
  }

  private static StorageFailure failure(String what, RocksDBException e) {
    return new StorageFailure(what + " of the store failed: " + e.getMessage(), e);
  }
}
