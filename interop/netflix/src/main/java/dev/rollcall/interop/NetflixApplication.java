package dev.rollcall.interop;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.appinfo.MyDataCenterInstanceConfig;
import com.netflix.appinfo.providers.EurekaConfigBasedInstanceInfoProvider;
import com.netflix.discovery.CacheRefreshedEvent;
import com.netflix.discovery.DefaultEurekaClientConfig;
import com.netflix.discovery.DiscoveryClient;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.shared.transport.jersey3.Jersey3TransportClientFactories;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An application as people write them with Netflix's client, which it is configured for by system
 * properties: it registers itself, serves its instance id under {@code /whoami}, and calls others
 * that it finds by their VIP address. SIGTERM or the end of standard input stops it in peace.
 *
 * <p>Says {@code ready}, and {@code cache app/id …} of all instances that it knows to be up each
 * time it has heard of the registry. Takes {@code call NAME}, answered with {@code called NAME ID}
 * or {@code failed NAME why}, and {@code status STATUS}.
 */
public final class NetflixApplication {
  /** The address is known here, not asked from DNS. */
  private static final class Loopback extends MyDataCenterInstanceConfig {
    @Override
    public String getHostName(boolean refresh) {
      return getIpAddress();
    }

    @Override
    public String getIpAddress() {
      return InetAddress.getLoopbackAddress().getHostAddress();
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final ApplicationInfoManager self;
  private final EurekaClient eureka;

  private NetflixApplication() throws IOException {
    var config = new Loopback();
    var instance = new EurekaConfigBasedInstanceInfoProvider(config).get();
    serve(instance);
    self = new ApplicationInfoManager(config, instance);
    eureka =
        new DiscoveryClient(
            self, new DefaultEurekaClientConfig(), Jersey3TransportClientFactories.getInstance());
    eureka.registerEventListener(event -> {
      if (event instanceof CacheRefreshedEvent) {
        printCache();
      }
    });
  }

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    var application = new NetflixApplication();
    Runtime.getRuntime().addShutdownHook(new Thread(application.eureka::shutdown));
    application.self.setInstanceStatus(InstanceStatus.UP);
    System.out.println("ready");
    var input = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    try (var commands = new BufferedReader(input)) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        application.run(line.split(" "));
      }
    }
    System.exit(0);
  }

  private void run(String[] command) {
    switch (command[0]) {
      case "call" -> call(command[1]);
      case "status" -> self.setInstanceStatus(InstanceStatus.toEnum(command[1]));
      default -> System.out.println("unknown " + command[0]);
    }
  }

  private void call(String name) {
    try {
      InstanceInfo next = eureka.getNextServerFromEureka(name, false);
      var whoAmI = URI.create("http://" + next.getHostName() + ":" + next.getPort() + "/whoami");
      HttpRequest request = HttpRequest.newBuilder(whoAmI).build();
      String id = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      System.out.println("called " + name + " " + id);
    } catch (IOException | InterruptedException | RuntimeException e) {
      System.out.println("failed " + name + " " + e);
    }
  }

  private void printCache() {
    System.out.println(
        eureka.getApplications().getRegisteredApplications().stream()
            .flatMap(app -> app.getInstances().stream())
            .map(known -> known.getAppName().toLowerCase(Locale.ROOT) + "/" + known.getId())
            .sorted()
            .collect(Collectors.joining(" ", "cache ", "")));
  }

  private static void serve(InstanceInfo instance) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), instance.getPort());
    var server = HttpServer.create(address, 0);
    byte[] id = instance.getId().getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/whoami",
        exchange -> {
          exchange.sendResponseHeaders(200, id.length);
          try (var body = exchange.getResponseBody()) {
            body.write(id);
          }
        });
    server.start();
  }
}
