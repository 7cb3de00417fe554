/**
 * The log on disk: segmented, checksummed, pre-zeroed files, one fdatasync per batch. Doors: {@link
 * dev.rollcall.raft.log.SegmentedLog} (append, force, read, recover) and {@link
 * dev.rollcall.raft.log.Disk} (the edge to the machine).
 *
 * <p>Appends run on the log writer's thread, reads on the raft thread. The batch that is later in
 * write order supersedes an earlier one whatever its terms; damage to what was acknowledged stops
 * the node; a torn tail is cut. Knows the values of raft.core and nothing of the protocol.
 */
@NullMarked
package dev.rollcall.raft.log;

import org.jspecify.annotations.NullMarked;
