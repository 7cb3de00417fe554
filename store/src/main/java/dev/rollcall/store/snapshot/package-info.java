/**
 * Snapshots: the rows of one moment as a stream of bytes, the same for a node that must catch up
 * and for a backup. Doors: {@link dev.rollcall.store.snapshot.SnapshotReader} (rows to stream),
 * {@link dev.rollcall.store.snapshot.SnapshotScanner} (stream to rows, all of it verified) and
 * {@link dev.rollcall.store.snapshot.SnapshotWriter} (the same, into a store). Knows nothing of
 * what the rows mean, has no thread, and reads no clock.
 *
 * <p>The stream is cut into chunks; numbers are big-endian:
 *
 * <pre>
 * chunk    length of the body (4), CRC-32C of the body (4), body: records
 * header   1, format (2), index of the last applied entry (8)              first record of all
 * row      2, length of the key (4), length of the value (4), key, value   keys ascending
 * end      3, number of rows (8), digest (32)                              last record of all
 * </pre>
 *
 * <p>The digest begins as SHA-256 of the header; with each row it becomes SHA-256 of itself and the
 * row's record. So it is the same however the stream is cut. A place in the stream is the number of
 * rows before it, the digest over them and the key of the last one: a reader keeps nothing between
 * two chunks, and goes on wherever it is asked to.
 */
@NullMarked
package dev.rollcall.store.snapshot;

import org.jspecify.annotations.NullMarked;
