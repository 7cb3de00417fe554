package dev.rollcall.store;

/**
 * A committed entry as the registry sees it.
 *
 * @param index of the entry in the log, from 1 without gaps
 * @param wallMillis the leader's wall clock when it made the entry; may be lower than that of the
 *     entry before, the registry goes by the highest it has seen
 * @param command an encoded {@link Request}; empty when the entry carries none. Not copied: whoever
 *     gives it away does not change it any more
 */
// A value in transit, which nobody compares.
@SuppressWarnings("ArrayRecordComponent")
public record LogEntry(long index, long wallMillis, byte[] command) {}
