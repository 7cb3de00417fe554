package dev.rollcall.client;

import java.time.Duration;
import java.util.List;

/**
 * The instances of one service, all of one moment.
 *
 * @param service the name asked for
 * @param instances in order of id, whatever their status; empty when the service is unknown
 * @param revision revision of the registry at the node when it answered
 * @param serviceRevision revision of the last change in this service, 0 when it never had one
 * @param lag how long ago the node last heard from a leader and had applied all it then knew of; 0
 *     for a linearizable read
 */
public record ResolvedService(
    String service,
    List<ServiceInstance> instances,
    long revision,
    long serviceRevision,
    Duration lag) {
  /** Copies the list. */
  public ResolvedService {
    instances = List.copyOf(instances);
  }
}
