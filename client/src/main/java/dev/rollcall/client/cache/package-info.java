/**
 * What is known of a service, or of keys, at hand without network or lock. Doors: {@link
 * dev.rollcall.client.cache.ServiceCache} and {@link dev.rollcall.client.cache.KeyCache} for
 * programs, {@link dev.rollcall.client.cache.ServiceCaches} and {@link
 * dev.rollcall.client.cache.KeyCaches} for the client. Written on the event loop, read by any
 * thread; listeners run on the callback thread. Invariant: within one history a cache never goes
 * back to an earlier revision, and a set of instances that was not empty becomes empty only while
 * it is known to be up to date.
 */
@NullMarked
package dev.rollcall.client.cache;

import org.jspecify.annotations.NullMarked;
