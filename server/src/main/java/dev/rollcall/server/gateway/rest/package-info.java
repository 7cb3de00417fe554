/**
 * The registry's own interface over HTTP and JSON, under {@code /v1}, and its description at {@code
 * /openapi.yaml}. Door: {@link dev.rollcall.server.gateway.rest.RestRoutes}.
 *
 * <p>Translates and no more: each route makes a message of {@code rollcall.v1} from path, query and
 * body, calls the node's own gRPC services within the process, and writes the answer as the JSON of
 * Protocol Buffers. So rules, limits and errors are those of gRPC. Handlers block on virtual
 * threads and own nothing.
 */
@NullMarked
package dev.rollcall.server.gateway.rest;

import org.jspecify.annotations.NullMarked;
