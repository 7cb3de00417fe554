/**
 * Leases kept alive: one stream to one node for all leases of a client. Door: {@link
 * dev.rollcall.client.keepalive.LeaseKeeper}. Runs on the event loop only. Invariant: a lease is
 * believed in for 0.8 of its TTL, counted from the moment the confirmed request was sent, and never
 * longer; whatever the registry does later, its own count started no earlier.
 */
@NullMarked
package dev.rollcall.client.keepalive;

import org.jspecify.annotations.NullMarked;
