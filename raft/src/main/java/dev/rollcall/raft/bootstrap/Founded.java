package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;

/**
 * An initialised node, ready to run.
 *
 * @param identity who it is and where it belongs
 * @param log opened; the receiver closes it
 * @param isJustLetIn whether it was let into a running cluster a moment ago and has nothing yet
 */
public record Founded(LogIdentity identity, SegmentedLog log, boolean isJustLetIn) {}
