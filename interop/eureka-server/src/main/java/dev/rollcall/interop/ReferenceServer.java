package dev.rollcall.interop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

/**
 * Spring's Eureka server, alone, under {@code /eureka/}: what Rollcall's answers are compared with.
 * {@code --server.port=N} says where, {@code --spring.profiles.active=compared} that nothing of it
 * is cached. Prints {@code ready} once it serves; ends when it is killed.
 */
@EnableEurekaServer
@SpringBootApplication(proxyBeanMethods = false)
public final class ReferenceServer {
  private ReferenceServer() {}

  /** Runs it. */
  public static void main(String[] arguments) {
    SpringApplication.run(ReferenceServer.class, arguments);
    System.out.println("ready");
  }
}
