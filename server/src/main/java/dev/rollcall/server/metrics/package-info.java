/**
 * What a node counts and measures. Door: {@link dev.rollcall.server.metrics.NodeMetrics}; further
 * {@link dev.rollcall.server.metrics.MeasuredDisk} (time of the log's forces) and {@link
 * dev.rollcall.server.metrics.CallMetrics} (calls by method and status).
 *
 * <p>Numbers are read from snapshots when somebody asks, on the asking thread; counting is a
 * handful of nanoseconds on any thread. Does nothing and decides nothing.
 */
@NullMarked
package dev.rollcall.server.metrics;

import org.jspecify.annotations.NullMarked;
