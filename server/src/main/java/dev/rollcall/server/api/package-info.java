/**
 * What all gRPC services of a node share. Doors: {@link dev.rollcall.server.api.StatusMapper} (the
 * one place where outcomes and failures become statuses), {@link
 * dev.rollcall.server.api.GrpcListener} (a listening port with its deliberate settings), {@link
 * dev.rollcall.server.api.ServiceGate} (services that answer NOT_READY until the node serves),
 * {@link dev.rollcall.server.api.Reply} (a unary answer that no thread can be hurt by).
 *
 * <p>Runs on the threads of its callers: Netty event loops, which never block, and the apply
 * thread, which must never see an exception from here.
 */
@NullMarked
package dev.rollcall.server.api;

import org.jspecify.annotations.NullMarked;
