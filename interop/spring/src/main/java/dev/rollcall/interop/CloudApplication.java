package dev.rollcall.interop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.web.client.RestClient;

/**
 * An application as people write them with Spring Cloud, which knows of Eureka by its class path
 * and its properties alone: it registers itself, serves its instance id under {@code /whoami}, and
 * calls others by their names. SIGTERM or the end of standard input stops it in peace. What it says
 * and takes: {@link Driven}.
 */
@SpringBootApplication(proxyBeanMethods = false)
public final class CloudApplication {
  private CloudApplication() {}

  /** Runs it. */
  public static void main(String[] arguments) throws Exception {
    var running = SpringApplication.run(CloudApplication.class, arguments);
    System.out.println("ready");
    running.getBean(Driven.class).run();
    System.exit(SpringApplication.exit(running));
  }

  /** Without one, Eureka's own client takes the other, and looks for its servers in Eureka. */
  @Bean
  @Primary
  static RestClient.Builder plain() {
    return RestClient.builder();
  }

  @Bean
  @LoadBalanced
  static RestClient.Builder loadBalanced() {
    return RestClient.builder();
  }
}
