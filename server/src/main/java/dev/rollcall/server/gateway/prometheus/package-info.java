/**
 * Prometheus finds what to scrape: its HTTP service discovery at {@code /prometheus/http_sd}. Door:
 * {@link dev.rollcall.server.gateway.prometheus.TargetRoutes}.
 *
 * <p>Reads the published snapshots of the store and asks no quorum: monitoring must go on when it
 * is needed most. Runs on virtual threads and owns nothing.
 */
@NullMarked
package dev.rollcall.server.gateway.prometheus;

import org.jspecify.annotations.NullMarked;
