package dev.rollcall.client;

/**
 * One service in a list.
 *
 * @param namespace as first registered
 * @param service name as first registered
 * @param instances how many now, whatever their status
 * @param revision of the last change in this service
 */
public record ServiceSummary(String namespace, String service, int instances, long revision) {}
