package dev.rollcall.store;

import dev.rollcall.store.instance.ServiceKey;

/**
 * One service in a list.
 *
 * @param service spelled as first registered
 * @param instances now, whatever their status
 * @param revision of the last change in the service
 */
public record ServiceSummary(ServiceKey service, int instances, long revision) {}
