package dev.rollcall.client;

/**
 * An override, and of which instance; that need not be registered.
 *
 * @param override what is said of it
 */
public record InstanceOverride(
    String namespace, String service, String instanceId, StatusOverride override) {}
