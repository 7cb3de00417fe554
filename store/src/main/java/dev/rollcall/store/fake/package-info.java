/**
 * The other side of the {@link dev.rollcall.store.OrderedStore} edge: rows in memory which forget
 * on command what a crash may forget. For tests and the simulator; held to the same contract as the
 * real one.
 */
@NullMarked
package dev.rollcall.store.fake;

import org.jspecify.annotations.NullMarked;
