package dev.rollcall.raft.log;

import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.Optional;

/**
 * First bytes of a segment: all that must be known of the segments before it once they are gone. It
 * is durable before the first batch behind it is written.
 *
 * @param salt of the checksums of the batches here ({@link Disk#salt})
 * @param previous the entry before the first one appended here; its index + 1 is the base index
 * @param firstSequence sequence of the first batch
 * @param previousChecksum checksum of the batch before it, continuing the chain; 0 at the very
 *     first
 * @param hardState as of the batch before
 * @param commitIndex as of the batch before
 * @param durableSequence every batch up to this one was durable before this file got its name:
 *     those of earlier segments, and in a rewritten tail its own
 * @param configuration the newest one up to {@code previous}; empty only at the start of a log
 */
record SegmentHeader(
    LogIdentity identity,
    long segmentId,
    long salt,
    EntryId previous,
    long firstSequence,
    int previousChecksum,
    HardState hardState,
    long commitIndex,
    long durableSequence,
    Optional<ConfigurationAt> configuration) {

  long baseIndex() {
    return previous.index() + 1;
  }

  SegmentHeader withDurableSequence(long sequence) {
    return new SegmentHeader(
        identity,
        segmentId,
        salt,
        previous,
        firstSequence,
        previousChecksum,
        hardState,
        commitIndex,
        sequence,
        configuration);
  }
}
