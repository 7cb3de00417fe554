package dev.rollcall.server.replication;

import java.util.function.Consumer;

/**
 * A read that is to see all that was acknowledged before it was asked for.
 *
 * @param deadlineNanos when it is answered at the latest, on the node's clock
 * @param done hears once when the store may be read, or why it may not
 */
public record LinearizableRead(long deadlineNanos, Consumer<Result<ReadPoint>> done) {}
