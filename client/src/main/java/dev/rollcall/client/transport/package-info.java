/**
 * How the client reaches the registry: the thread that owns its state, which node to talk to, calls
 * with retries, streams, and the translation between messages and values. Doors: {@link
 * dev.rollcall.client.transport.EventLoop}, {@link dev.rollcall.client.transport.Nodes}, {@link
 * dev.rollcall.client.transport.UnaryCalls}, {@link dev.rollcall.client.transport.NodeStream}.
 *
 * <p>Engine room: public for the client's other rooms, not for programs. Everything here runs on
 * the event loop unless it says otherwise; gRPC's threads only enqueue. Invariant: after the first
 * answer, nothing of another cluster is ever believed.
 */
@NullMarked
package dev.rollcall.client.transport;

import org.jspecify.annotations.NullMarked;
