package dev.rollcall.client.snapshot;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A snapshot that lies in a file, whole and durable. Ids are hexadecimal digits.
 *
 * @param file where
 * @param clusterId of which cluster
 * @param historyId of which history of revisions
 * @param nodeId which node made it
 * @param revision of the registry
 * @param appliedIndex last log entry that it contains
 * @param taken when, by the node's clock
 * @param rows in it
 * @param bytes of the file
 */
public record SavedSnapshot(
    Path file,
    String clusterId,
    String historyId,
    String nodeId,
    long revision,
    long appliedIndex,
    Instant taken,
    long rows,
    long bytes) {}
