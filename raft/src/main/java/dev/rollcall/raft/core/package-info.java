/**
 * The Raft protocol as a pure state machine. Door: {@link dev.rollcall.raft.core.RaftCore}: events
 * in ({@link dev.rollcall.raft.core.RaftEvent}), what to do about them out ({@link
 * dev.rollcall.raft.core.Ready}).
 *
 * <p>Owned by whoever calls it, one thread at a time. No clock but {@link
 * dev.rollcall.raft.core.RaftEvent.Tick}, no thread, no lock, no I/O, no logger, no static state;
 * the random generator comes by constructor, so that the same events give the same Ready for ever.
 * May import the JDK's values and collections and JSpecify's annotations only.
 */
@NullMarked
package dev.rollcall.raft.core;

import org.jspecify.annotations.NullMarked;
