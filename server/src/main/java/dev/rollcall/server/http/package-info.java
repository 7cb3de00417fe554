/**
 * What operators and monitoring ask over HTTP. Door: {@link dev.rollcall.server.http.HttpServer}:
 * {@code /metrics}, {@code /livez}, {@code /readyz}.
 *
 * <p>Handlers run on virtual threads and own nothing; they read snapshots. Answers without a quorum
 * and while the node starts or stops. Knows nothing of Raft, the store or gRPC: it is given what it
 * shows.
 */
@NullMarked
package dev.rollcall.server.http;

import org.jspecify.annotations.NullMarked;
