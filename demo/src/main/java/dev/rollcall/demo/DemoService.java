package dev.rollcall.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.registration.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A service as an application would write one: an HTTP server on a free port that registers itself,
 * answers each request with its own id, and deregisters when it is asked to stop.
 */
@Command(name = "demo-service", description = "One service process of the quickstart.")
public final class DemoService implements Callable<Integer> {
  @Option(names = "--endpoints", required = true, description = "Nodes of the registry.")
  private String endpoints = "";

  @Option(names = "--service", required = true, description = "Name of the service.")
  private String service = "";

  @Option(names = "--id", required = true, description = "Id of this instance.")
  private String id = "";

  @Option(names = "--ttl-millis", required = true, description = "Time to live of the lease.")
  private long ttlMillis;

  /** Runs until killed. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new DemoService()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    HttpServer server = serve();
    int port = server.getAddress().getPort();
    var client = RegistryClient.builder().endpoints(endpoints).build();
    var instance =
        ServiceInstance.builder(service)
            .id(id)
            .endpoint("http", "http", server.getAddress().getAddress().getHostAddress(), port)
            .build();
    Registration registration = client.register(instance, Duration.ofMillis(ttlMillis));
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  registration.close();
                  client.close();
                  server.stop(0);
                  stopped.countDown();
                },
                "stop"));
    System.out.println(id + " serves on port " + port);
    stopped.await();
    return 0;
  }

  private HttpServer serve() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    byte[] answer = id.getBytes(UTF_8);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.setExecutor(
        Executors.newCachedThreadPool(work -> {
          var thread = new Thread(work, "http");
          thread.setDaemon(true);
          return thread;
        }));
    server.start();
    return server;
  }
}
