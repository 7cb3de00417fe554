/**
 * Known ways to break the code, each of which some gate must notice: a gate that was never seen to
 * fail proves nothing. Door: {@link dev.rollcall.chaos.mutants.Mutants}, which is {@code
 * bin/mutants}. The patches are in {@code raft/mutants} and {@code store/mutants}; each is applied
 * to a copy of the sources, never to the sources themselves, and what comes of it runs in a process
 * of its own.
 */
@NullMarked
package dev.rollcall.chaos.mutants;

import org.jspecify.annotations.NullMarked;
