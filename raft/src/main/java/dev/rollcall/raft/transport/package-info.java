/**
 * Peers over gRPC: the only room of raft that sees proto and gRPC. Doors: {@link
 * dev.rollcall.raft.transport.GrpcTransport} (outgoing lanes), {@link
 * dev.rollcall.raft.transport.PeerService} (incoming lanes, and who this node is) and {@link
 * dev.rollcall.raft.transport.GrpcIntroducer} (asks who others are, for a first start).
 *
 * <p>Owns no thread: sends run on the raft thread, everything else on the event loops that are
 * passed in. Nothing here blocks. May lose messages whenever that is simplest, and never repeats
 * one.
 */
@NullMarked
package dev.rollcall.raft.transport;

import org.jspecify.annotations.NullMarked;
