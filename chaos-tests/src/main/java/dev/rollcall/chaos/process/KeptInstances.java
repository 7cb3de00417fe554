package dev.rollcall.chaos.process;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ResolvedService;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.registration.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Instances that ordinary clients register and keep alive, each under a lease of its own, until
 * this is closed. One thread.
 */
final class KeptInstances implements AutoCloseable {
  private static final int INSTANCES_PER_CLIENT = 25;
  private static final int INSTANCES_PER_SERVICE = 20;

  private final NodeCluster cluster;
  private final List<RegistryClient> clients = new ArrayList<>();
  private final List<Registration> registrations = new ArrayList<>();
  private final List<String> services;

  /** Registers them, and waits until all are. */
  KeptInstances(NodeCluster cluster, LeaseLedger ledger, int count, Duration ttl)
      throws InterruptedException {
    this.cluster = cluster;
    services = services(count);
    for (int number = 0; number < count; number++) {
      if (number % INSTANCES_PER_CLIENT == 0) {
        clients.add(cluster.client(cluster.nodes(), new KeepAliveTap(ledger)));
      }
      registrations.add(
          clients
              .getLast()
              .register(instance(services.get(number / INSTANCES_PER_SERVICE), number), ttl));
    }
    for (Registration registration : registrations) {
      if (!registration.awaitRegistered(NodeCluster.PATIENCE)) {
        throw new ChaosFailure("not registered: " + registration.instance());
      }
    }
  }

  /** The services of so many instances. */
  static List<String> services(int count) {
    var services = new ArrayList<String>();
    for (int number = 0; number < count; number += INSTANCES_PER_SERVICE) {
      services.add("kept-" + number / INSTANCES_PER_SERVICE);
    }
    return services;
  }

  /** What is registered now, by a linearizable read: the lease of each instance. */
  Map<String, Long> leases() {
    var leases = new HashMap<String, Long>();
    for (String service : services) {
      ResolvedService found = cluster.observer(0).resolve(service);
      for (ServiceInstance instance : found.instances()) {
        leases.put(instance.id(), instance.registered().leaseId());
      }
    }
    return leases;
  }

  @Override
  public void close() {
    clients.parallelStream().forEach(RegistryClient::close);
  }

  static ServiceInstance instance(String service, int number) {
    return ServiceInstance.builder(service)
        .id("i-" + number)
        .endpoint("http", "http", "127.0.0.1", 1 + number)
        .build();
  }
}
