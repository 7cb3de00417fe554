package dev.rollcall.raft.core;

/**
 * What a state machine contained, in a few bytes.
 *
 * @param index of the {@link EntryKind#VERIFY} entry it had applied last: all nodes compare their
 *     states at the same places of the log
 * @param digest equal on two nodes exactly if their states were; {@link Payload#EMPTY} is nobody's
 *     and says, as an agreed one, that no majority has any
 */
public record StateDigest(long index, Payload digest) {}
