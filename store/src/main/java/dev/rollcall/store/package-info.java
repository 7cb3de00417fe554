/**
 * The registry as a replicated state machine. Doors: {@link dev.rollcall.store.RegistryStore}
 * (apply committed entries, read) and the codecs between the wire, the log and the values here.
 * Vocabulary: {@link dev.rollcall.store.Command} in, {@link dev.rollcall.store.Outcome} and {@link
 * dev.rollcall.store.Change} out, {@link dev.rollcall.store.OrderedStore} below.
 *
 * <p>Applying runs on one thread, the apply thread; reading is free for all. The state is a
 * function of the log alone: no clock, no random, no iteration over anything unordered, however the
 * entries are cut into ranges. Rows are written and never read back until the next start. Knows
 * nothing of gRPC or Raft.
 */
@NullMarked
package dev.rollcall.store;

import org.jspecify.annotations.NullMarked;
