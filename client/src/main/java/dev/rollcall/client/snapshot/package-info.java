/**
 * Backups: a snapshot of the registry, from a node into a file. Door: {@link
 * dev.rollcall.client.snapshot.Snapshots}. Runs on the thread of whoever asks, which blocks. Knows
 * the bytes of a backup file (docs/backup.md) so far as to write one and to see that it is whole;
 * what the rows in it mean, only the node knows.
 */
@NullMarked
package dev.rollcall.client.snapshot;

import org.jspecify.annotations.NullMarked;
