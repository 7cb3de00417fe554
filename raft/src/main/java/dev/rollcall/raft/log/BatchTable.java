package dev.rollcall.raft.log;

import java.util.Arrays;

/**
 * Where the live batches are: a stack ordered by first index, and by place in the log as well. A
 * batch holds the indexes from its first up to the first of the next batch. Owned by the log
 * writer; readers hold a {@link View}.
 *
 * <p>Views share the arrays: a slot that a view can see is never written again. Pushing writes
 * slots beyond every view; pushing after a cut first copies what it would overwrite.
 */
final class BatchTable {
  private static final int CHUNK_BATCHES = 1024;

  // Two longs a batch: first index, location.
  private long[][] chunks = new long[4][];
  private int begin; // the batches before were dropped
  private int size; // with those
  private int slotsWritten;

  /** Adds a batch after the others. */
  void push(long firstIndex, long location) {
    if (size < slotsWritten) {
      copyLastChunk();
    }
    int chunk = size / CHUNK_BATCHES;
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunk * 2);
    }
    if (size % CHUNK_BATCHES == 0) {
      chunks[chunk] = new long[2 * CHUNK_BATCHES];
    }
    int slot = 2 * (size % CHUNK_BATCHES);
    chunks[chunk][slot] = firstIndex;
    chunks[chunk][slot + 1] = location;
    size++;
    slotsWritten = size;
  }

  /** Drops the batches that begin at {@code index} or later. */
  void cutFrom(long index) {
    while (size > begin && firstIndex(chunks, size - 1) >= index) {
      size--;
    }
  }

  /** Drops the batches that lie before {@code location}, and with them what they take of memory. */
  void dropBefore(long location) {
    while (begin < size && location(chunks, begin) < location) {
      begin++;
    }
    int whole = begin / CHUNK_BATCHES;
    if (whole > 0) {
      int left = Math.max(4, chunks.length - whole);
      chunks = Arrays.copyOfRange(chunks, whole, whole + left);
      begin -= whole * CHUNK_BATCHES;
      size -= whole * CHUNK_BATCHES;
      slotsWritten -= whole * CHUNK_BATCHES;
    }
  }

  View view() {
    return new View(chunks, begin, size);
  }

  private void copyLastChunk() {
    int chunk = size / CHUNK_BATCHES;
    chunks = Arrays.copyOf(chunks, chunks.length);
    if (size % CHUNK_BATCHES != 0) {
      chunks[chunk] = chunks[chunk].clone();
    }
  }

  private static long firstIndex(long[][] chunks, int batch) {
    return chunks[batch / CHUNK_BATCHES][2 * (batch % CHUNK_BATCHES)];
  }

  private static long location(long[][] chunks, int batch) {
    return chunks[batch / CHUNK_BATCHES][2 * (batch % CHUNK_BATCHES) + 1];
  }

  /** The table at one moment. Immutable as far as it can see. */
  static final class View {
    private final long[][] chunks;
    private final int begin;
    private final int size;

    private View(long[][] chunks, int begin, int size) {
      this.chunks = chunks;
      this.begin = begin;
      this.size = size;
    }

    /** Number of the first batch. */
    int begin() {
      return begin;
    }

    /** Number after that of the last batch. */
    int end() {
      return size;
    }

    long firstIndex(int batch) {
      return BatchTable.firstIndex(chunks, batch);
    }

    long location(int batch) {
      return BatchTable.location(chunks, batch);
    }

    /** The batch that holds {@code index}: the last one that begins at or before it. */
    int find(long index) {
      int low = begin;
      int high = size - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (firstIndex(middle) <= index) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return low;
    }
  }
}
