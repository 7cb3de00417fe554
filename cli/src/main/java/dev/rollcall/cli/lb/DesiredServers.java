package dev.rollcall.cli.lb;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.StatusCause;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a backend should hold. Pure.
 *
 * @param servers in order of instance id
 * @param unresolved those whose host has no known address: they stay as they are
 * @param unsuitable ids of instances that have no suitable endpoint
 */
record DesiredServers(List<Server> servers, Set<ServerKey> unresolved, List<String> unsuitable) {
  /**
   * All instances of a service, whatever their status: one that is not ready is there and waits.
   *
   * @param addresses finds the address of a host; empty when it cannot be known now
   */
  static DesiredServers of(
      List<ServiceInstance> instances,
      Selection selection,
      Function<String, Optional<InetAddress>> addresses) {
    int highest = instances.stream().mapToInt(ServiceInstance::weight).max().orElse(0);
    var servers = new ArrayList<Server>();
    var unresolved = new HashSet<ServerKey>();
    var unsuitable = new ArrayList<String>();
    for (ServiceInstance instance : instances) {
      Optional<Endpoint> chosen = selection.endpointOf(instance);
      if (chosen.isEmpty()) {
        unsuitable.add(instance.id());
        continue;
      }
      Endpoint endpoint = chosen.get();
      var key = new ServerKey(instance.id(), selection.isBackup(instance), endpoint.tls());
      int weight = Weights.scaled(instance.weight(), highest);
      addresses
          .apply(endpoint.host())
          .ifPresentOrElse(
              it -> servers.add(new Server(key, it, endpoint.port(), weight, mode(instance))),
              () -> unresolved.add(key));
    }
    return new DesiredServers(servers, unresolved, unsuitable);
  }

  private static Mode mode(ServiceInstance instance) {
    if (instance.effectiveStatus() == InstanceStatus.UP) {
      // Also when it is suspect: the registry keeps it because it cannot tell that it is gone.
      return Mode.READY;
    }
    return instance.standing().cause() == StatusCause.DRAINING ? Mode.DRAIN : Mode.MAINTENANCE;
  }
}
