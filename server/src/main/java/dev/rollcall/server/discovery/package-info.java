/**
 * Finding others: the gRPC service {@code rollcall.v1.Discovery}. Doors: {@link
 * dev.rollcall.server.discovery.DiscoveryService} and {@link
 * dev.rollcall.server.discovery.WatchPump} (the thread {@code watch}, which alone sends on watch
 * streams).
 *
 * <p>Lookups run on Netty event loops over immutable snapshots. A watch is a cursor, pulled when
 * its stream can take more; a stream that reads slowly costs its cursors and at most one message in
 * the connection, whatever the time. Nothing here blocks an event loop or the apply thread.
 */
@NullMarked
package dev.rollcall.server.discovery;

import org.jspecify.annotations.NullMarked;
