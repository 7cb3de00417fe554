/**
 * A whole cluster in one thread: the shipped RaftNode, SegmentedLog, RegistryStore and
 * server.replication of several nodes under virtual time, over a network and disks that fail,
 * everything drawn from one seed. Doors: {@link dev.rollcall.chaos.simulation.Simulation} (one
 * seed) and {@link dev.rollcall.chaos.simulation.Simulate} (many seeds, {@code bin/simulate}).
 *
 * <p>Safety is checked after every event by one class per invariant ({@link
 * dev.rollcall.chaos.simulation.Invariants}). Nothing here reads a clock or makes randomness of its
 * own.
 */
@NullMarked
package dev.rollcall.chaos.simulation;

import org.jspecify.annotations.NullMarked;
