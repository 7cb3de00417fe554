package dev.rollcall.client.snapshot;

/**
 * How far a snapshot is.
 *
 * @param rows written
 * @param rowsEstimate how many it will be, roughly; 0 when the node does not know
 * @param bytes written
 */
public record SnapshotProgress(long rows, long rowsEstimate, long bytes) {}
