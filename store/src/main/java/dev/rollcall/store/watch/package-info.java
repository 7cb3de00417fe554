/**
 * Watches: who hears of a change. Doors: {@link dev.rollcall.store.watch.WatchHub}, which takes
 * changes on the apply thread and hands out {@link dev.rollcall.store.watch.StateCursor}s, and
 * {@link dev.rollcall.store.watch.RevisionWaiters} for those who wait until a revision is applied.
 *
 * <p>Watchers pull. A change is kept once, in a ring of bounded size that all cursors share; a
 * cursor is a position, and one that the ring has left behind continues with a fresh snapshot. So a
 * watcher that does not read costs nothing, however long it takes. Knows nothing of gRPC.
 */
@NullMarked
package dev.rollcall.store.watch;

import org.jspecify.annotations.NullMarked;
