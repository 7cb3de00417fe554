package dev.rollcall.client;

import java.time.Instant;
import java.util.Optional;

/**
 * The guard of a namespace against mass expiry: while it is engaged, leases that lapse are kept as
 * suspect, and hardly any expires.
 *
 * @param isEngaged whether it is
 * @param since of the last change; empty when it was never engaged
 * @param leases of the namespace; 0 when it was never engaged
 * @param suspects among them
 * @param releasedBy who released it; empty when it is engaged, or ended by itself
 */
public record GuardStatus(
    boolean isEngaged, Optional<Instant> since, int leases, int suspects, String releasedBy) {}
