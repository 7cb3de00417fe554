/**
 * Choosing one instance of a service. Door: {@link dev.rollcall.client.balance.RoundRobin}. Reads a
 * cache, owns nothing but its own turn and the failures reported to it; any thread, without locks,
 * and without a network.
 */
@NullMarked
package dev.rollcall.client.balance;

import org.jspecify.annotations.NullMarked;
