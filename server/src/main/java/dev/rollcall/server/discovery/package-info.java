/**
 * Finding others: the gRPC service {@code rollcall.v1.Discovery}. Door: {@link
 * dev.rollcall.server.discovery.DiscoveryService}; its watch streams are the room server.watch.
 *
 * <p>Lookups run on Netty event loops over immutable snapshots. Nothing here blocks an event loop
 * or the apply thread.
 */
@NullMarked
package dev.rollcall.server.discovery;

import org.jspecify.annotations.NullMarked;
