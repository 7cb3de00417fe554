package dev.rollcall.store.snapshot;

/**
 * A piece of a snapshot. The arrays are not copied: nobody changes them any more.
 *
 * @param position where the next chunk begins
 * @param isLast whether the snapshot ends with this one
 */
// Values in transit, which nobody compares.
@SuppressWarnings("ArrayRecordComponent")
public record Chunk(byte[] bytes, byte[] position, boolean isLast) {}
