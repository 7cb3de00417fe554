package dev.rollcall.client;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One service in a list.
 *
 * @param namespace spelled as its spec has it, else as its first instance
 * @param service name, spelled likewise
 * @param instances how many now, whatever their status
 * @param revision of the last change in this service
 * @param labels of its spec, in order of key
 */
public record ServiceSummary(
    String namespace, String service, int instances, long revision, Map<String, String> labels) {
  /** Copies the labels. */
  public ServiceSummary {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }
}
