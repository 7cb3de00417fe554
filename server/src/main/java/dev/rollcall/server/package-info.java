/**
 * A node put together. Doors: {@link dev.rollcall.server.RegistryServer} (start, close, and {@code
 * main}). Composition by hand, in one direction: configuration → ports → directory → log and store
 * → registry → services; closed in reverse.
 *
 * <p>Owns the threads {@code tick} and {@code flush} and the order of things; all else belongs to
 * the rooms (docs/threads.md). A part that fails ends the node: it never limps.
 */
@NullMarked
package dev.rollcall.server;

import org.jspecify.annotations.NullMarked;
