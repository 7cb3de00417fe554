package dev.rollcall.interop;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Says {@code cache app/id …} of all instances that {@link DiscoveryClient} finds each time it has
 * heard of the registry. Takes {@code call NAME}, answered with {@code called NAME ID} or {@code
 * failed NAME why}, and {@code status STATUS}.
 */
@Component
public final class Driven {
  private final DiscoveryClient discovery;
  private final ApplicationInfoManager self;
  private final RestClient loadBalanced;

  Driven(
      DiscoveryClient discovery,
      ApplicationInfoManager self,
      @LoadBalanced RestClient.Builder loadBalanced) {
    this.discovery = discovery;
    this.self = self;
    this.loadBalanced = loadBalanced.build();
  }

  /** Until the end of standard input. */
  void run() throws IOException {
    var input = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    try (var commands = new BufferedReader(input)) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        String[] command = line.split(" ");
        switch (command[0]) {
          case "call" -> call(command[1]);
          case "status" -> self.setInstanceStatus(InstanceStatus.toEnum(command[1]));
          default -> System.out.println("unknown " + command[0]);
        }
      }
    }
  }

  /** The registry was fetched. */
  @EventListener
  public void onHeartbeat(HeartbeatEvent event) {
    System.out.println(
        discovery.getServices().stream()
            .flatMap(name -> discovery.getInstances(name).stream())
            .map(found ->
                found.getServiceId().toLowerCase(Locale.ROOT) + "/" + found.getInstanceId())
            .sorted()
            .collect(Collectors.joining(" ", "cache ", "")));
  }

  private void call(String name) {
    try {
      String id =
          loadBalanced.get().uri("http://{name}/whoami", name).retrieve().body(String.class);
      System.out.println("called " + name + " " + id);
    } catch (RuntimeException e) {
      System.out.println("failed " + name + " " + e);
    }
  }
}
