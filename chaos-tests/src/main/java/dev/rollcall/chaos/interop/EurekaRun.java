package dev.rollcall.chaos.interop;

import dev.rollcall.chaos.interop.Client.Pace;
import dev.rollcall.chaos.interop.Client.Self;
import dev.rollcall.chaos.process.ChaosFailure;
import dev.rollcall.chaos.process.FreePorts;
import dev.rollcall.chaos.process.Timing;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.OverrideOrigin;
import dev.rollcall.client.ServiceInstance.Registered;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Two applications that stay, one of each {@link Client}, and others that come and go, on three
 * real nodes; each scenario also after the leader was killed. One thread.
 */
final class EurekaRun implements AutoCloseable {
  private static final int ROUNDS = 5;

  /** Quicker than people set it, so that a run takes minutes. */
  private static final Pace PACE =
      new Pace(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(5));

  /** A client asks once in its interval; the rest is what asking and answering may take. */
  private static final Duration VISIBLE = PACE.fetch().plusSeconds(1);

  private static final Duration GONE = PACE.lease().plusSeconds(2);

  /** A heartbeat, the registration after it, and what they wait for a leader. */
  private static final Duration BACK = PACE.renew().plusSeconds(4);

  /** Three times what a lease lasts that nobody renews. */
  private static final Duration KEPT = PACE.lease().multipliedBy(3);

  private static final OverrideOrigin OPERATOR = new OverrideOrigin("eureka-check", "");

  /** A program that runs. */
  private record Application(Client client, Self self, Program program) {
    String name() {
      return self.name();
    }

    /** Waits until it knows an instance; returns when it heard so, of {@link System#nanoTime}. */
    long awaitSees(long afterNanos, Application other) {
      return awaitSees(afterNanos, other.self());
    }

    long awaitSees(long afterNanos, Self other) {
      return program.awaitSeen(afterNanos, seen -> seen.contains(other.name()), other.name());
    }

    long awaitSeesNo(long afterNanos, Application other) {
      return program.awaitSeen(
          afterNanos, seen -> !seen.contains(other.name()), "no " + other.name());
    }
  }

  private final Path directory;
  private final Builds builds;
  private final Consumer<Finding> findings;
  private final Nodes nodes;
  private final List<Application> residents = new ArrayList<>();
  private final List<Program> started = new ArrayList<>();

  /**
   * Takes nodes that serve and have no instances.
   *
   * @param directory where the programs' output goes
   * @param findings told of each when it is there
   */
  EurekaRun(Path directory, Builds builds, Nodes nodes, Consumer<Finding> findings) {
    this.directory = directory;
    this.builds = builds;
    this.nodes = nodes;
    this.findings = findings;
  }

  /**
   * Runs all scenarios.
   *
   * @throws ChaosFailure when something does not happen at all; what happens too late is a finding
   */
  void run() throws IOException {
    residents.addAll(start("resident"));
    for (Application one : residents) {
      residents.forEach(other -> one.awaitSees(0, other));
    }
    for (boolean isLeaderKilled : List.of(false, true)) {
      List<Application> crashing = start("crashing");
      List<Application> leaving = start("leaving");
      arrival(crashing, isLeaderKilled);
      arrival(leaving, isLeaderKilled);
      visibility(isLeaderKilled);
      calls(isLeaderKilled);
      overrides(isLeaderKilled);
      revokedLeases(isLeaderKilled);
      crash(crashing, isLeaderKilled);
      stop(leaving, isLeaderKilled);
    }
  }

  /** Kills the programs that run. */
  @Override
  public void close() {
    started.forEach(Program::close);
  }

  /** Starts a program of each kind, and does not wait for it. */
  private List<Application> start(String role) throws IOException {
    Iterator<Integer> ports = FreePorts.choose(Client.values().length).iterator();
    var applications = new ArrayList<Application>();
    for (Client client : Client.values()) {
      String id = client.word() + "-" + started.size();
      var self = new Self(client.word() + "-" + role, id, ports.next());
      Path errors = directory.resolve(id + ".log");
      Program program = client.start(builds, self, nodes.servers(), PACE, errors);
      started.add(program);
      applications.add(new Application(client, self, program));
    }
    return applications;
  }

  /** Programs that were just started register themselves and are found. */
  private void arrival(List<Application> arriving, boolean isLeaderKilled) {
    long start = System.nanoTime();
    scenario(
        isLeaderKilled,
        () -> {
          for (Application one : arriving) {
            one.program().awaitReady();
            nodes.awaitRegistered(one.self());
            residents.forEach(resident -> resident.awaitSees(start, one));
            found("registers itself, and is found", one, isLeaderKilled, start);
          }
        });
  }

  /** Instances are registered by hand at one node after the other, and found by the residents. */
  private void visibility(boolean isLeaderKilled) {
    long start = System.nanoTime();
    var before = new HashMap<Application, Registered>();
    residents.forEach(one -> before.put(one, nodes.present(one.self()).registered()));
    scenario(
        isLeaderKilled,
        () -> {
          List<String> servers = nodes.liveServers();
          for (int round = 0; round < ROUNDS; round++) {
            var self = new Self("by-hand", "b-" + System.nanoTime(), 1024 + round);
            String server = servers.get(round % servers.size());
            long acknowledged = nodes.register(server, self, Duration.ofMinutes(10));
            for (Application resident : residents) {
              var took = Duration.ofNanos(resident.awaitSees(acknowledged, self) - acknowledged);
              found("sees what another registered", resident, isLeaderKilled, took, VISIBLE);
            }
          }
        });
    Duration left = KEPT.minus(Timing.since(start));
    if (left.isPositive()) {
      Timing.pass(left);
    }
    for (Application one : residents) {
      require(
          nodes.present(one.self()).registered().equals(before.get(one)),
          one.name() + " was lost, and registered again");
      for (Application other : residents) {
        require(
            one.program().seenSince(start).stream().allMatch(seen -> seen.contains(other.name())),
            one.name() + " lost sight of " + other.name());
      }
      found("is kept and seen all the while", one, isLeaderKilled, start);
    }
  }

  /** Each resident calls the other by its name. */
  private void calls(boolean isLeaderKilled) {
    scenario(
        isLeaderKilled,
        () -> {
          for (Application caller : residents) {
            Self callee = other(caller).self();
            long start = System.nanoTime();
            String answered = caller.program().call(callee.app());
            require(
                answered.equals(callee.id()),
                caller.name() + " called " + callee.app() + " and reached " + answered);
            found("calls another by its name", caller, isLeaderKilled, start);
          }
        });
  }

  /** An operator takes each resident out of service, and back; the other one hears it. */
  private void overrides(boolean isLeaderKilled) {
    scenario(
        isLeaderKilled,
        () -> {
          for (Application one : residents) {
            String app = one.self().app();
            String id = one.self().id();
            nodes
                .operator()
                .operations()
                .setOverride(app, id, InstanceStatus.OUT_OF_SERVICE, OPERATOR, Optional.empty());
            long set = System.nanoTime();
            var out = Duration.ofNanos(other(one).awaitSeesNo(set, one) - set);
            found("is taken out of service", one, isLeaderKilled, out, VISIBLE);
            nodes.operator().operations().clearOverride(app, id);
            long cleared = System.nanoTime();
            var back = Duration.ofNanos(other(one).awaitSees(cleared, one) - cleared);
            found("is put back into service", one, isLeaderKilled, back, VISIBLE);
          }
        });
  }

  /** An operator ends each resident's lease; it registers itself again. */
  private void revokedLeases(boolean isLeaderKilled) {
    scenario(
        isLeaderKilled,
        () -> {
          for (Application one : residents) {
            nodes.operator().leases().revoke(nodes.present(one.self()).registered().leaseId());
            long revoked = System.nanoTime();
            nodes.awaitRegistered(one.self());
            Duration took = Timing.since(revoked);
            found("comes back when its lease was ended", one, isLeaderKilled, took, BACK);
            other(one).awaitSees(System.nanoTime(), one);
          }
        });
  }

  /** Programs are killed, and gone when their leases are over. */
  private void crash(List<Application> crashing, boolean isLeaderKilled) {
    // A new leader gives every lease its whole length once more.
    Duration bound = isLeaderKilled ? GONE.plus(PACE.lease()) : GONE;
    scenario(
        isLeaderKilled,
        () -> {
          crashing.forEach(one -> one.program().kill());
          long killed = System.nanoTime();
          for (Application one : crashing) {
            nodes.awaitGone(one.self());
            found("is gone when it has crashed", one, isLeaderKilled, Timing.since(killed), bound);
          }
        });
  }

  /** Programs are stopped in peace: they are gone, and do not come back. */
  private void stop(List<Application> leaving, boolean isLeaderKilled) {
    scenario(
        isLeaderKilled,
        () -> {
          for (Application one : leaving) {
            one.program().stop();
            long stopped = System.nanoTime();
            nodes.awaitGone(one.self());
            for (Application resident : residents) {
              resident.awaitSeesNo(stopped, one);
            }
            Duration took = Timing.since(stopped);
            found("is gone when it has stopped", one, isLeaderKilled, took, VISIBLE);
          }
        });
    // A client's last word, that it is down, may come after it is gone; it must not bring it back.
    Timing.pass(PACE.fetch());
    for (Application one : leaving) {
      require(nodes.instance(one.self()).isEmpty(), one.name() + " stopped, and came back");
    }
  }

  private void scenario(boolean isLeaderKilled, Runnable scenario) {
    if (isLeaderKilled) {
      nodes.withLeaderKilled(scenario);
    } else {
      scenario.run();
    }
  }

  private Application other(Application resident) {
    return residents.stream().filter(one -> !one.equals(resident)).findFirst().orElseThrow();
  }

  private void found(
      String scenario, Application one, boolean isLeaderKilled, Duration took, Duration bound) {
    findings.accept(new Finding(scenario, one.client(), isLeaderKilled, took, Optional.of(bound)));
  }

  /** Of what has no bound. */
  private void found(String scenario, Application one, boolean isLeaderKilled, long startNanos) {
    Duration took = Timing.since(startNanos);
    findings.accept(new Finding(scenario, one.client(), isLeaderKilled, took, Optional.empty()));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ChaosFailure(otherwise);
    }
  }
}
