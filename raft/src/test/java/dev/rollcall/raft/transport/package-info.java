/**
 * Tests of the transport: codecs, lanes over loopback, and whole nodes on threads, disks and gRPC.
 */
@NullMarked
package dev.rollcall.raft.transport;

import org.jspecify.annotations.NullMarked;
