/**
 * Disks that lose things, for tests, the simulator and the process harness; production code never
 * imports them. Door: {@link dev.rollcall.raft.log.fake.MemoryDisk}. One thread at a time writes,
 * as everywhere behind {@link dev.rollcall.raft.log.Disk}.
 */
@NullMarked
package dev.rollcall.raft.log.fake;

import org.jspecify.annotations.NullMarked;
