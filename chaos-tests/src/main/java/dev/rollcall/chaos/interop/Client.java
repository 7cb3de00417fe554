package dev.rollcall.chaos.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The kinds of Eureka clients that programs are made with, and how such a program is started. */
enum Client {
  /** Netflix's own, which takes system properties. */
  NETFLIX("netflix", "dev.rollcall.interop.NetflixApplication") {
    @Override
    List<String> command(Builds builds, Self self, List<String> servers, Pace pace) {
      return builds.java(
          "netflix",
          mainClass(),
          List.of(
              "-Deureka.name=" + self.app(),
              "-Deureka.vipAddress=" + self.app(),
              "-Deureka.instanceId=" + self.id(),
              "-Deureka.port=" + self.port(),
              "-Deureka.region=default",
              "-Deureka.shouldUseDns=false",
              "-Deureka.serviceUrl.default=" + String.join(",", servers),
              "-Deureka.client.refresh.interval=" + pace.fetch().toSeconds(),
              "-Deureka.appinfo.initial.replicate.time=0",
              "-Deureka.lease.renewalInterval=" + pace.renew().toSeconds(),
              "-Deureka.lease.duration=" + pace.lease().toSeconds()),
          List.of());
    }
  },

  /** Spring Cloud's, which takes flags. */
  SPRING("spring", "dev.rollcall.interop.CloudApplication") {
    @Override
    List<String> command(Builds builds, Self self, List<String> servers, Pace pace) {
      return builds.java(
          "spring",
          mainClass(),
          List.of(),
          List.of(
              "--spring.application.name=" + self.app(),
              "--server.port=" + self.port(),
              "--eureka.instance.instance-id=" + self.id(),
              "--eureka.client.service-url.defaultZone=" + String.join(",", servers),
              "--eureka.client.registry-fetch-interval-seconds=" + pace.fetch().toSeconds(),
              "--eureka.client.initial-instance-info-replication-interval-seconds=0",
              "--eureka.instance.lease-renewal-interval-in-seconds=" + pace.renew().toSeconds(),
              "--eureka.instance.lease-expiration-duration-in-seconds="
                  + pace.lease().toSeconds()));
    }
  };

  private final String word;
  private final String mainClass;

  Client(String word, String mainClass) {
    this.word = word;
    this.mainClass = mainClass;
  }

  /** What a program registers itself as. */
  record Self(String app, String id, int port) {
    /** As programs write it. */
    String name() {
      return app + "/" + id;
    }
  }

  /** How often a program asks and speaks, and how long it is believed; whole seconds. */
  record Pace(Duration fetch, Duration renew, Duration lease) {}

  /**
   * The command that starts one.
   *
   * @param servers base addresses of Eureka servers
   */
  abstract List<String> command(Builds builds, Self self, List<String> servers, Pace pace);

  /** Starts one, and does not wait for it. */
  final Program start(Builds builds, Self self, List<String> servers, Pace pace, Path errors) {
    return Program.start(word + " " + self.name(), command(builds, self, servers, pace), errors);
  }

  final String word() {
    return word;
  }

  final String mainClass() {
    return mainClass;
  }
}
