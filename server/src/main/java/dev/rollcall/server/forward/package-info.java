/**
 * The gRPC side of forwarding. Doors: {@link dev.rollcall.server.forward.GrpcLeaderLink} (asks the
 * leader's node) and {@link dev.rollcall.server.forward.ForwardingService} (answers, on the peer
 * port). One lane per leader, opened on first use; what breaks with a lane is answered for at once.
 *
 * <p>Any thread sends; answers come on Netty's threads. The rules of forwarding (one hop, when to
 * repeat) are server.replication's; this room only carries.
 */
@NullMarked
package dev.rollcall.server.forward;

import org.jspecify.annotations.NullMarked;
