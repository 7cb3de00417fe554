package dev.rollcall.client;

import java.time.Duration;

/**
 * A lease that was made before anything was registered under it.
 *
 * @param id names it; never given again
 * @param ttl how long it lives without a renewal
 */
public record GrantedLease(long id, Duration ttl) {}
