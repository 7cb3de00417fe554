package dev.rollcall.store;

import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.TreeMap;

/** Instances for tests, as plain as they may be. */
public final class Instances {
  private Instances() {}

  /** {@code "payments/i-1"} in the default namespace, or {@code "shop/payments/i-1"}. */
  public static InstanceKey key(String path) {
    int last = path.lastIndexOf('/');
    int first = path.indexOf('/');
    String namespace = first == last ? "" : path.substring(0, first);
    String service = path.substring(first == last ? 0 : first + 1, last);
    return new InstanceKey(new ServiceKey(namespace, service), path.substring(last + 1));
  }

  /** A plain instance. */
  public static Instance instance(String path, long incarnation) {
    return instance(key(path), incarnation, Instance.WEIGHT_DEFAULT);
  }

  /** An instance as the registry has it. */
  public static RegisteredInstance registered(Instance instance) {
    return new RegisteredInstance(instance, 1, 1, 1);
  }

  /** A plain instance of some weight, for when contents must differ. */
  public static Instance instance(InstanceKey key, long incarnation, int weight) {
    return new Instance(
        key,
        incarnation,
        List.of(new Endpoint("http", "http", "10.0.0.1", 8080, false)),
        Locality.UNKNOWN,
        weight,
        "",
        List.of(),
        new TreeMap<>(),
        Status.UP);
  }
}
