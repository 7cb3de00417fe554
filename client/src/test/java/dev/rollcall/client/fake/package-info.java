/**
 * A registry without a network, a disk or a clock: nodes that speak the real protocol in process,
 * on virtual time. Doors: {@link dev.rollcall.client.fake.VirtualLoop}, {@link
 * dev.rollcall.client.fake.FakeCluster}. One thread.
 */
@NullMarked
package dev.rollcall.client.fake;

import org.jspecify.annotations.NullMarked;
