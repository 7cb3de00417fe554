package dev.rollcall.store;

import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Sorted rows on disk: the edge between the registry and its storage engine. Keys compare as
 * unsigned bytes. A batch is atomic, also across a crash; batches become durable in order, by
 * {@link #flush} at the latest. RocksDB stands behind it, and a fake that loses unflushed batches
 * on a crash; one contract suite holds both to this.
 *
 * <p>Writes come from one thread; reads and {@link #flush} from any, {@link #close} after all
 * others. A failing engine throws {@link StorageFailure}, which stops the node.
 */
public interface OrderedStore extends AutoCloseable {
  /** Applies all operations or none. */
  void write(Batch batch);

  /** The row's value as last written. */
  Optional<byte[]> get(byte[] key);

  /** The row's value as far as it is flushed and would survive a crash. */
  Optional<byte[]> getFlushed(byte[] key);

  /**
   * Visits rows from {@code from} (inclusive) to {@code to} (exclusive) in order, of one moment,
   * until the visitor returns false.
   */
  void scan(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor);

  /** The rows as they are now, for later: quick, and whatever is written does not show in it. */
  View pin();

  /**
   * Begins an empty store that may take the place of this one. One at a time: the one before is to
   * be closed first. Any thread.
   */
  Staged stage();

  /** Makes everything written so far durable. */
  void flush();

  /** Ends this store's use, and with it that of its views. */
  @Override
  void close();

  /** The rows of one moment. Used by one thread at a time. */
  interface View extends AutoCloseable {
    /** Visits rows from {@code from} (inclusive) on in order, until the visitor returns false. */
    void scan(byte[] from, BiPredicate<byte[], byte[]> visitor);

    /** Lets go of the rows. The second time, and after the store was closed, it does nothing. */
    @Override
    void close();
  }

  /**
   * A store being filled that may take the place of another. Whatever a crash leaves is one of the
   * two, whole: the one that was last switched to and made durable. The other is gone at the next
   * opening.
   */
  interface Staged extends AutoCloseable {
    /** The new store; belongs to whoever staged it until {@link #takeOver}. */
    OrderedStore rows();

    /**
     * Makes the new rows durable, and then the store that every later opening finds. The store
     * before stays as it was, still open and to be used no more, until {@link #close}.
     */
    void takeOver();

    /**
     * Closes and deletes whichever of the two is not the store in use: the new one, or after {@link
     * #takeOver} the one before, which nobody uses any more. Takes as long as the disk does.
     */
    @Override
    void close();
  }

  /** Row operations in order; later ones win. */
  record Batch(List<Operation> operations) {}

  /** One row operation. The arrays are not copied: nobody changes them any more. */
  // Values in transit, which nobody compares.
  @SuppressWarnings("ArrayRecordComponent")
  sealed interface Operation {
    /** Sets a row. */
    record Put(byte[] key, byte[] value) implements Operation {}

    /** Removes a row. */
    record Delete(byte[] key) implements Operation {}
  }

  /** The engine failed; what it holds is unknown. */
  final class StorageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what was being done and why it failed. */
    public StorageFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
