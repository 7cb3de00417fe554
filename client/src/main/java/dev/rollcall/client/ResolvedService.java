package dev.rollcall.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The instances of one service that were looked for.
 *
 * @param service the name asked for
 * @param instances in order of id, unless the lookup asked for the nearest first; whatever their
 *     status, unless it asked for healthy ones; empty when the service is unknown
 * @param revision revision of the registry at the node when it answered
 * @param serviceRevision revision of the last change in this service, 0 when it never had one
 * @param lag how long ago the node last heard from a leader and had applied all it then knew of; 0
 *     for a linearizable read
 * @param isOneRevision whether the instances are all of {@code serviceRevision}, of one moment.
 *     False only for a service so large that it comes in several answers, and so busy that it
 *     changed between them each time it was read: then each instance that did not change meanwhile
 *     is there once, and the others as they were before their change or after it. What a {@link
 *     RegistryClient#cache} holds is always of one revision
 * @param spec what operators laid down for the service, as of {@code serviceRevision}
 * @param isGuarded whether too many leases of the namespace lapse at once, and those that do are
 *     kept: who of the instances is {@linkplain Standing#isSuspect suspect} may be gone. {@link
 *     Operations#guard} says since when and how many
 */
public record ResolvedService(
    String service,
    List<ServiceInstance> instances,
    long revision,
    long serviceRevision,
    Duration lag,
    boolean isOneRevision,
    Optional<ServiceSpec> spec,
    boolean isGuarded) {
  /** Copies the list. */
  public ResolvedService {
    instances = List.copyOf(instances);
  }
}
