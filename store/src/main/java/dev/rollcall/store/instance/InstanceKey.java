package dev.rollcall.store.instance;

/**
 * Names an instance.
 *
 * @param instanceId 1 to 256 printable ASCII characters
 */
public record InstanceKey(ServiceKey service, String instanceId)
    implements Comparable<InstanceKey> {
  public InstanceKey {
    Names.requireInstanceId(instanceId);
  }

  @Override
  public int compareTo(InstanceKey other) {
    int byService = service.compareTo(other.service);
    return byService != 0 ? byService : instanceId.compareTo(other.instanceId);
  }

  @Override
  public String toString() {
    return service + "/" + instanceId;
  }
}
