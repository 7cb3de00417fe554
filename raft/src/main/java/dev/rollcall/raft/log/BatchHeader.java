package dev.rollcall.raft.log;

import dev.rollcall.raft.core.HardState;

/**
 * What stands before the entries of a batch. Readable also when they are damaged.
 *
 * @param lengthBytes of the whole batch, header included; a multiple of 8
 * @param payloadChecksum over what follows the header
 * @param sequence consecutive over the whole log; the order of writing
 * @param previousChecksum header checksum of the batch before, which makes a chain
 * @param durable what had been forced when this batch was written
 * @param commitIndex highest known, at or below the last index of the log with this batch
 * @param firstIndex of the entries; of a truncation, the first index that is gone; else last index
 *     + 1
 * @param count of the entries
 */
record BatchHeader(
    BatchKind kind,
    int lengthBytes,
    int payloadChecksum,
    long sequence,
    int previousChecksum,
    Durable durable,
    HardState hardState,
    long commitIndex,
    long firstIndex,
    int count) {

  /** Index of the last entry; {@code firstIndex - 1} when the batch has none. */
  long lastIndex() {
    return firstIndex + count - 1;
  }

  /**
   * How far the log was durable.
   *
   * @param sequence of the last batch that was forced
   * @param index up to which the entries were, as far as nothing since has superseded them
   */
  record Durable(long sequence, long index) {}
}
