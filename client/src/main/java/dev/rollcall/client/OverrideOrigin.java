package dev.rollcall.client;

/**
 * Where an override comes from.
 *
 * @param actor who sets it, 1 to 128 bytes
 * @param reason why, up to 1,024 bytes
 */
public record OverrideOrigin(String actor, String reason) {}
