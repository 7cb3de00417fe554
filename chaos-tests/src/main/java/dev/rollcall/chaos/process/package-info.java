/**
 * Real nodes as processes of their own, killed, stopped, cut off and slowed down for real. Doors:
 * {@link dev.rollcall.chaos.process.Chaos} ({@code bin/chaos}), {@link
 * dev.rollcall.chaos.process.NodeCluster} for tests. docs/chaos.md says what is modelled.
 */
@NullMarked
package dev.rollcall.chaos.process;

import org.jspecify.annotations.NullMarked;
