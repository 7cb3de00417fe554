/**
 * Backups: the registry sent to whoever saves it, and what is done with the file afterwards, on a
 * machine where no node runs. Doors: {@link dev.rollcall.server.backup.SnapshotStreams} (online)
 * and {@link dev.rollcall.server.backup.BackupCommands} ({@code registryd snapshot}). What a chunk
 * is, {@code store.snapshot} knows; who writes the file, {@code client.snapshot}. May not import
 * what serves other calls.
 */
@NullMarked
package dev.rollcall.server.backup;

import org.jspecify.annotations.NullMarked;
