/**
 * What operators do to services and instances of others: the gRPC service {@code
 * rollcall.v1.Operations}. Door: {@link dev.rollcall.server.operations.OperationsService}. Writes
 * are commands like any other; reads are answered from the published state. Knows no consensus and
 * no thread of its own.
 */
@NullMarked
package dev.rollcall.server.operations;

import org.jspecify.annotations.NullMarked;
