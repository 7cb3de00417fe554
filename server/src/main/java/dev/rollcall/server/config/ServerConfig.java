package dev.rollcall.server.config;

import dev.rollcall.store.ChangeLogRetention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything a node is told, checked. {@link Setting} says what each part means, trades and risks.
 *
 * @param client where clients connect
 * @param peer where members connect
 * @param http where metrics and health are served, and httpApis
 * @param httpApis what clients may ask there
 * @param members peer addresses of all first members; empty for a cluster of this node alone
 * @param join peer address of any member of the cluster to be let into; empty for one that founds
 * @param requestsInFlightMax requests of clients under way before more are refused
 * @param logSegmentBytes size of one file of the Raft log
 * @param changeLog how much of it is kept
 * @param diskRoom when the disk is nearly full, and what is held back for then
 */
public record ServerConfig(
    Path dataDir,
    Listener client,
    Listener peer,
    HostPort http,
    Set<HttpApi> httpApis,
    List<HostPort> members,
    Optional<HostPort> join,
    Timing timing,
    int requestsInFlightMax,
    long logSegmentBytes,
    ChangeLogRetention changeLog,
    DiskRoom diskRoom,
    Output output) {

  private static final long SEGMENT_BYTES_MIN = 1 << 20;

  public ServerConfig {
    members = List.copyOf(members);
    httpApis = Set.copyOf(httpApis);
    require(requestsInFlightMax >= 1, Setting.REQUESTS_IN_FLIGHT_MAX, "must be at least 1");
    require(
        logSegmentBytes >= SEGMENT_BYTES_MIN && logSegmentBytes <= 1 << 30,
        Setting.LOG_SEGMENT_SIZE,
        "must be 1MiB to 1GiB");
    require(
        client.advertised().isPresent() || !client.bind().isWildcard(),
        Setting.CLIENT_ADVERTISE,
        "must be set, because client-listen " + client.bind() + " is no address to connect to");
    require(
        peer.advertised().isPresent() || !peer.bind().isWildcard(),
        Setting.PEER_ADVERTISE,
        "must be set, because peer-listen " + peer.bind() + " is no address to connect to");
    require(
        join.isEmpty() || members.isEmpty(),
        Setting.JOIN,
        "and members exclude each other: a node founds a cluster or is let into one");
    if (!members.isEmpty()) {
      requireMembersFit(members, peer);
    }
  }

  private static void requireMembersFit(List<HostPort> members, Listener peer) {
    require(
        new HashSet<>(members).size() == members.size(),
        Setting.MEMBERS,
        "names an address twice: " + members);
    require(
        members.stream().allMatch(member -> member.port() != 0),
        Setting.MEMBERS,
        "needs a port other than 0 for each: " + members);
    HostPort own = peer.advertised().orElse(peer.bind());
    require(
        members.contains(own),
        Setting.MEMBERS,
        "does not name this node's own peer-advertise address " + own + ": " + members);
  }

  private static void require(boolean holds, Setting setting, String fault) {
    if (!holds) {
      throw new StartFailure(
          ExitCode.USAGE, setting.key() + " " + fault, "see registryd --help for the rule");
    }
  }

  /** What clients may ask over HTTP. */
  public enum HttpApi {
    /** The registry's own, below {@code /v1}. */
    REST,
    /** Eureka's, below {@code /eureka} and {@code /v2}. */
    EUREKA,
    /** Targets of Prometheus; reads only. */
    PROMETHEUS
  }

  /**
   * An address to listen on and the one that others use to get there.
   *
   * @param advertised absent when it is the bound one
   */
  public record Listener(HostPort bind, Optional<HostPort> advertised) {
    /** What others connect to, once the port is known. */
    public HostPort advertisedAt(int boundPort) {
      return advertised.orElse(bind.withPort(boundPort));
    }
  }

  /**
   * The clockwork of elections.
   *
   * @param tick unit of the other two
   * @param heartbeatInterval multiple of tick
   * @param electionTimeout multiple of tick, at least 5 heartbeats
   */
  public record Timing(Duration tick, Duration heartbeatInterval, Duration electionTimeout) {
    public Timing {
      require(
          tick.compareTo(Duration.ofMillis(1)) >= 0 && tick.compareTo(Duration.ofSeconds(1)) <= 0,
          Setting.TICK,
          "must be 1ms to 1s");
      requireMultiple(Setting.HEARTBEAT_INTERVAL, heartbeatInterval, tick);
      requireMultiple(Setting.ELECTION_TIMEOUT, electionTimeout, tick);
      require(
          electionTimeout.compareTo(heartbeatInterval.multipliedBy(5)) >= 0,
          Setting.ELECTION_TIMEOUT,
          "must be at least 5 times heartbeat-interval");
    }

    private static void requireMultiple(Setting setting, Duration duration, Duration tick) {
      require(
          duration.toNanos() % tick.toNanos() == 0 && duration.compareTo(tick) >= 0,
          setting,
          "must be a multiple of tick");
    }

    /** heartbeatInterval in ticks. */
    public int heartbeatTicks() {
      return (int) (heartbeatInterval.toNanos() / tick.toNanos());
    }

    /** electionTimeout in ticks. */
    public int electionTimeoutTicks() {
      return (int) (electionTimeout.toNanos() / tick.toNanos());
    }
  }

  /**
   * What the node does about its disk filling up.
   *
   * @param lowBytes free space under which registrations are refused
   * @param reserveBytes held by a file until the disk is all but full
   */
  public record DiskRoom(long lowBytes, long reserveBytes) {}

  /** What the node says of itself, and how. */
  public record Output(Level level, Format format) {
    /** From the least to the most. */
    public enum Level {
      /** Only what needs somebody now. */
      ERROR,
      /** What may need somebody. */
      WARN,
      /** What an operator wants to have seen: starts, stops, leaders. */
      INFO,
      /** What a developer asks for. */
      DEBUG,
      /** Everything. */
      TRACE
    }

    /** How a line looks. */
    public enum Format {
      /** For people. */
      PLAIN,
      /** For programs: one object a line. */
      JSON
    }
  }
}
