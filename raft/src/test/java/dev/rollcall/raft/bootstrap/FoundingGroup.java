package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Nodes that start for the first time, turned by hand in one thread, on disks that lose things. */
final class FoundingGroup {
  private static final LogConfig LOG = new LogConfig(4096, 1024);

  private final RandomGenerator random;
  private final Map<String, Host> hosts = new TreeMap<>();
  private final Map<String, String> aliases = new HashMap<>();

  FoundingGroup(RandomGenerator random, String... addresses) {
    this.random = random;
    for (String address : addresses) {
      add(address, addresses);
    }
  }

  /** Puts a new node at the address, in place of the one that was there. */
  void add(String address, String... listed) {
    Host host = hosts.get(address);
    if (host == null) {
      host = new Host(address, List.of(listed));
      hosts.put(address, host);
    } else {
      host.listed = List.of(listed);
    }
    host.start();
  }

  void alias(String alias, String address) {
    aliases.put(alias, address);
  }

  List<String> addresses() {
    return List.copyOf(hosts.keySet());
  }

  void start(String address) {
    host(address).start();
  }

  void stop(String address) {
    host(address).stop();
  }

  void restart(String address, Loss loss) {
    host(address).crash(loss);
    start(address);
  }

  void wipe(String address) {
    host(address).wipe();
    start(address);
  }

  void wipeLog(String address) {
    stop(address);
    host(address).logDirectory = new MemoryDisk(random);
  }

  void wipeIdentity(String address) {
    stop(address);
    host(address).directory = new MemoryDisk(random);
  }

  /** Leaves the target stopped. */
  void copyDirectory(String from, String to) {
    stop(to);
    host(to).directory = host(from).directory.copy(random);
    host(to).logDirectory = host(from).logDirectory.copy(random);
  }

  /** One round of one node: everybody who runs answers it. */
  void turn(String address) {
    Host host = host(address);
    host.act(answersFor(host));
  }

  /** Rounds of everybody who runs. */
  void turnAll(int rounds) {
    for (int i = 0; i < rounds; i++) {
      hosts.values().stream()
          .filter(host -> host.bootstrap != null)
          .forEach(host -> host.act(answersFor(host)));
    }
  }

  void runToTheEnd() {
    for (int i = 0; i < 10; i++) {
      turnAll(1);
      if (hosts.values().stream().allMatch(host -> host.founded != null)) {
        return;
      }
    }
    throw new AssertionError("not founded after 10 rounds");
  }

  boolean isFounded(String address) {
    return host(address).founded != null;
  }

  Founded founded(String address) {
    return Objects.requireNonNull(host(address).founded);
  }

  Introduction introduction(String address) {
    return host(address).running().introduction();
  }

  String waitingFor(String address) {
    Introduction self = introduction(address);
    return new Answers(self, answersFor(host(address))).waitingFor(self.agreed());
  }

  /** Clusters that a directory of now says it is initialised in. */
  Set<ClusterId> clusters() {
    Set<ClusterId> clusters = new HashSet<>();
    for (Host host : hosts.values()) {
      host.remembered().ifPresent(cluster -> clusters.add(cluster.clusterId()));
    }
    return clusters;
  }

  /**
   * Runs from empty disks to the end. One disk of the victim fails after so many operations; the
   * machine then crashes and starts again.
   *
   * @return whether the disk got that far
   */
  boolean runWithCrash(String victim, boolean inLog, int operations, Loss loss) {
    Host host = host(victim);
    host.wipe();
    (inLog ? host.logDirectory : host.directory).endPowerAfter(operations);
    boolean crashed = survives(host, loss, host::start);
    for (int i = 0; i < 10; i++) {
      for (Host each : hosts.values()) {
        crashed |= survives(each, loss, () -> each.act(answersFor(each)));
      }
    }
    return crashed;
  }

  /** Something happens that a seed chose. */
  void randomStep() {
    List<Host> all = List.copyOf(hosts.values());
    Host host = all.get(random.nextInt(all.size()));
    try {
      switch (random.nextInt(12)) {
        case 0 -> host.stop();
        case 1 -> restart(host.address, Loss.SOME);
        case 2 -> {
          if (random.nextInt(3) == 0) {
            wipe(host.address);
          }
        }
        case 3 -> host.logDirectory.endPowerAfter(random.nextInt(6));
        case 4 -> host.directory.endPowerAfter(random.nextInt(6));
        case 5, 6, 7 -> {
          if (host.bootstrap != null) {
            host.collected = answersFor(host);
          }
        }
        default -> {
          if (host.bootstrap == null) {
            host.start();
          }
          host.act(random.nextBoolean() ? host.collected : answersFor(host));
        }
      }
    } catch (BootstrapRefused | LogFailure e) {
      host.crash(Loss.SOME);
    }
  }

  private static boolean survives(Host host, Loss loss, Runnable step) {
    try {
      step.run();
      return false;
    } catch (LogFailure e) {
      host.crash(loss);
    } catch (BootstrapRefused e) {
      if (e.reason() != Reason.DISK) {
        throw e;
      }
      host.crash(loss);
    }
    host.start();
    return true;
  }

  private Map<String, Introduction> answersFor(Host asker) {
    Map<String, Introduction> answers = new HashMap<>();
    for (String address : asker.listed) {
      Host other = hosts.get(aliases.getOrDefault(address, address));
      if (other != null && other != asker && other.bootstrap != null) {
        answers.put(address, other.bootstrap.introduce(asker.running().introduction()));
      }
    }
    return answers;
  }

  private Host host(String address) {
    return Objects.requireNonNull(hosts.get(address));
  }

  /** A machine with a directory, and perhaps a node that runs on it. */
  private final class Host {
    private final String address;
    private List<String> listed;
    private MemoryDisk directory = new MemoryDisk(random);
    private MemoryDisk logDirectory = new MemoryDisk(random);
    private @Nullable Bootstrap bootstrap;
    private @Nullable Founded founded;
    private Map<String, Introduction> collected = Map.of();

    private Host(String address, List<String> listed) {
      this.address = address;
      this.listed = listed;
    }

    private void start() {
      stop();
      BootstrapConfig config = BootstrapConfig.founding(address, "client-" + address, listed, LOG);
      bootstrap = Bootstrap.open(directory, logDirectory, config, random);
    }

    private void stop() {
      bootstrap = null;
      founded = null;
      collected = Map.of();
    }

    private void crash(Loss loss) {
      stop();
      directory.crash(loss);
      logDirectory.crash(loss);
    }

    private void wipe() {
      stop();
      directory = new MemoryDisk(random);
      logDirectory = new MemoryDisk(random);
    }

    private Bootstrap running() {
      return Objects.requireNonNull(bootstrap);
    }

    private void act(Map<String, Introduction> answers) {
      if (founded == null) {
        founded = running().turn(answers).orElse(null);
      }
    }

    private Optional<ClusterIdentity> remembered() {
      try {
        return new IdentityFile(directory).read().flatMap(NodeIdentity::cluster);
      } catch (BootstrapRefused e) {
        return Optional.empty();
      }
    }
  }
}
