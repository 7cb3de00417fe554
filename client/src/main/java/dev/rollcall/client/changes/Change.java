package dev.rollcall.client.changes;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.keys.KeyEntry;
import java.util.Optional;

/**
 * One change. What was there before is told only to a query with previous values ({@link
 * ChangeQuery#withPreviousValues}).
 */
public sealed interface Change {
  /**
   * An instance is new or changed, or fits the filter now.
   *
   * @param instance as it is now
   * @param previous as it was; empty when it was not registered
   */
  record InstancePut(ServiceInstance instance, Optional<ServiceInstance> previous)
      implements Change {}

  /**
   * An instance is gone, or no longer fits the filter.
   *
   * @param namespace of its service
   * @param service name of its service
   * @param id which
   * @param incarnation its last
   * @param cause why
   * @param previous as it was
   */
  record InstanceRemoved(
      String namespace,
      String service,
      String id,
      long incarnation,
      RemoveCause cause,
      Optional<ServiceInstance> previous)
      implements Change {}

  /**
   * A service has a spec, or another one.
   *
   * @param spec as it is now
   * @param previous as it was; empty when there was none
   */
  record SpecPut(ServiceSpec spec, Optional<ServiceSpec> previous) implements Change {}

  /**
   * A service has no spec any more.
   *
   * @param namespace of the service
   * @param service its name
   * @param previous as it was
   */
  record SpecRemoved(String namespace, String service, Optional<ServiceSpec> previous)
      implements Change {}

  /**
   * A key is new or changed.
   *
   * @param entry as it is now
   * @param previous as it was; empty when there was none
   */
  record KeyPut(KeyEntry entry, Optional<KeyEntry> previous) implements Change {}

  /**
   * A key is gone.
   *
   * @param key which
   * @param modRevision of its last change before
   * @param cause why
   * @param previous as it was
   */
  record KeyDeleted(String key, long modRevision, RemoveCause cause, Optional<KeyEntry> previous)
      implements Change {}
}
