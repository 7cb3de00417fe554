/**
 * Keys and values: what clients read and write beside services, as gRPC service {@code
 * rollcall.v1.Keys}. Door: {@link dev.rollcall.server.keys.KeysService}. Writes go through the log
 * like any other, reads through the levels of freshness. Has no state and no thread.
 */
@NullMarked
package dev.rollcall.server.keys;

import org.jspecify.annotations.NullMarked;
