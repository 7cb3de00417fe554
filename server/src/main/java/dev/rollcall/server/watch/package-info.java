/**
 * Watch streams: the method {@code Watch} of {@code rollcall.v1.Discovery}. Doors: {@link
 * dev.rollcall.server.watch.WatchPump} (the thread {@code watch}, which alone sends on watch
 * streams) and {@link dev.rollcall.server.watch.WatchMethod}.
 *
 * <p>A watch is a cursor of store.watch, asked when its stream can take more; watches of one stream
 * that see the same and stand at the same place share one, and are told by one message. What
 * changed is encoded once for all streams. A stream that reads slowly costs its cursors and at most
 * one message in the connection, whatever the time. Nothing here blocks an event loop or the apply
 * thread; the change log is read on threads of its own.
 */
@NullMarked
package dev.rollcall.server.watch;

import org.jspecify.annotations.NullMarked;
