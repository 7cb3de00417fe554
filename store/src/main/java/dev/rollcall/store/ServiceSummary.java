package dev.rollcall.store;

import dev.rollcall.store.instance.ServiceKey;
import java.util.SortedMap;

/**
 * One service in a list.
 *
 * @param service spelled as its spec has it, else as its first instance
 * @param instances now, whatever their status
 * @param revision of the last change in the service
 * @param labels of its spec; none without one
 */
public record ServiceSummary(
    ServiceKey service, int instances, long revision, SortedMap<String, String> labels) {}
