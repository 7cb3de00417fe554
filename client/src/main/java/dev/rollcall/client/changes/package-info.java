/**
 * What happens in the registry, change by change: every revision once, whole, in order, across
 * reconnects and nodes. Doors: {@link dev.rollcall.client.changes.ChangeFeed} for programs, {@link
 * dev.rollcall.client.changes.ChangeFeeds} for the client. State is owned by the event loop,
 * listeners run on the callback thread. Invariant: nothing is skipped without saying so; a feed
 * that is behind takes nothing more from the network, so that what waits is bounded.
 */
@NullMarked
package dev.rollcall.client.changes;

import org.jspecify.annotations.NullMarked;
