package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;

/**
 * An initialised node, ready to run.
 *
 * @param identity who it is and where it belongs
 * @param log opened; the receiver closes it
 */
public record Founded(LogIdentity identity, SegmentedLog log) {}
