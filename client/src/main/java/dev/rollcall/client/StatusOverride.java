package dev.rollcall.client;

import java.time.Instant;
import java.util.Optional;

/**
 * What an operator says of an instance, over what it says of itself. It stays when the instance
 * registers again.
 *
 * @param actor who set it, 1 to 128 bytes
 * @param reason why, up to 1,024 bytes
 * @param expires when it ends by itself, by the cluster's clock; empty means never
 */
public record StatusOverride(
    InstanceStatus status, String actor, String reason, Optional<Instant> expires) {}
