/**
 * Watches: one stream to one node for all services a client watches. Door: {@link
 * dev.rollcall.client.watch.Watches}. Runs on the event loop only. Invariant: what a listener is
 * told of one service never goes back within one history, and no revision is told in parts.
 */
@NullMarked
package dev.rollcall.client.watch;

import org.jspecify.annotations.NullMarked;
