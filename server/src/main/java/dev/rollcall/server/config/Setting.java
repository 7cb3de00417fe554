package dev.rollcall.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The one table of settings. A setting has one name in three spellings: {@code data-dir} in the
 * file, {@code ROLLCALL_DATA_DIR} in the environment, {@code --data-dir} as a flag. The
 * documentation says what it is, what it trades, and what is dangerous about it.
 */
public enum Setting {
  /** The file with the other settings. */
  CONFIG(
      "config",
      "FILE",
      "",
      "YAML file with any of the other settings, one 'name: value' a line.",
      "",
      "A file that cannot be read is refused; it is never skipped."),

  /** Where the node keeps its identity, log and state. */
  DATA_DIR(
      "data-dir",
      "DIR",
      "./data",
      "Directory with the node's identity, log and state; made when missing.",
      "A disk of its own keeps other programs' syncs out of every write.",
      "It is the node: never copy it to another one, never delete it while its cluster lives."),

  /** Where clients connect. */
  CLIENT_LISTEN(
      "client-listen",
      "HOST:PORT",
      "127.0.0.1:7400",
      "Address to listen on for clients (gRPC).",
      "Port 0 takes any free port.",
      "There is no authentication yet: do not bind outside a trusted network."),

  /** How clients reach this node. */
  CLIENT_ADVERTISE(
      "client-advertise",
      "HOST:PORT",
      "",
      "How clients reach this node; client-listen when not set.",
      "",
      "Part of the cluster's configuration from the first start on. Must be set when client-listen"
          + " is a wildcard such as 0.0.0.0."),

  /** Where the other members connect. */
  PEER_LISTEN(
      "peer-listen",
      "HOST:PORT",
      "127.0.0.1:7401",
      "Address to listen on for the other members (gRPC).",
      "Port 0 takes any free port; only without members.",
      "Whoever reaches it can act as a member: do not bind outside a trusted network."),

  /** How the other members reach this node. */
  PEER_ADVERTISE(
      "peer-advertise",
      "HOST:PORT",
      "",
      "How the other members reach this node, spelled as in members; peer-listen when not set.",
      "",
      "Part of the cluster's configuration from the first start on. Must be set when peer-listen"
          + " is a wildcard such as 0.0.0.0."),

  /** Where metrics, health and what clients ask over HTTP are served. */
  HTTP_LISTEN(
      "http-listen",
      "HOST:PORT",
      "127.0.0.1:7402",
      "Address to listen on for HTTP: /metrics, /livez, /readyz, and what http-apis names.",
      "Port 0 takes any free port.",
      "There is no authentication, and with http-apis as it comes whoever reaches it can register"
          + " and deregister: do not bind outside a trusted network."),

  /** What clients may ask over HTTP. */
  HTTP_APIS(
      "http-apis",
      "NAME,...",
      "rest,eureka,prometheus",
      "What is served over HTTP besides metrics and health: rest (/v1), eureka (/eureka, /v2),"
          + " prometheus (/prometheus/http_sd, read only); none for nothing.",
      "",
      ""),

  /** Who the cluster begins with. */
  MEMBERS(
      "members",
      "HOST:PORT,...",
      "",
      "peer-advertise addresses of all first members, this node among them; a list in the file,"
          + " separated by commas elsewhere. Not set: a cluster of this node alone.",
      "3 survive the loss of 1, 5 of 2; each more makes writes slower.",
      "Counts at the first start only and must be the same on every node; a directory that belongs"
          + " to other members is refused."),

  /** Which cluster to be let into. */
  JOIN(
      "join",
      "HOST:PORT",
      "",
      "peer-advertise address of any member of a running cluster: this node waits until it is let"
          + " in, and prints the registryctl command that does so. Instead of members.",
      "",
      "Counts at the first start only; a node that belongs to a cluster ignores it."),

  /** How finely the node tells time. */
  TICK(
      "tick",
      "DURATION",
      "20ms",
      "Unit of the two intervals below, which are multiples of it.",
      "Finer ticks cost wake-ups of an idle node.",
      ""),

  /** How often a leader speaks. */
  HEARTBEAT_INTERVAL(
      "heartbeat-interval",
      "DURATION",
      "100ms",
      "Time between heartbeats of a leader.",
      "Traffic against freshness of followers and of lease time.",
      "Near the election timeout one lost heartbeat elects. Same on every node."),

  /** How long a follower waits for its leader. */
  ELECTION_TIMEOUT(
      "election-timeout",
      "DURATION",
      "800ms",
      "Silence of the leader before a follower campaigns; each wait is drawn from one to two times"
          + " this.",
      "Time to a new leader against needless elections.",
      "Below 5 heartbeat intervals it is refused; below a pause or a sync of the slowest disk it"
          + " elects for nothing. Same on every node."),

  /** How much the node takes on at once. */
  REQUESTS_IN_FLIGHT_MAX(
      "requests-in-flight-max",
      "COUNT",
      "50000",
      "Requests of clients under way on this node; more are answered OVERLOADED.",
      "Memory and waiting time under load against refusals.",
      "Very high, a burst makes every request miss its deadline instead of refusing some."),

  /** How large one file of the log is. */
  LOG_SEGMENT_SIZE(
      "log-segment-size",
      "BYTES",
      "64MiB",
      "Size of one file of the log, written in full before it is used.",
      "Fewer files against space and the time to make the next one.",
      "Below 4MiB files are made all the time. 1MiB at least."),

  /** How long what happened is kept. */
  CHANGE_LOG_AGE(
      "change-log-age",
      "DURATION",
      "600s",
      "Changes that are younger are kept, for watches that resume (CHANGES), by the leader's"
          + " clock.",
      "Disk against how long a watcher may be away.",
      "A watcher that was away for longer hears COMPACTED. Same on every node."),

  /** How much of what happened is kept. */
  CHANGE_LOG_REVISIONS(
      "change-log-revisions",
      "COUNT",
      "1000000",
      "Of older changes the last so many revisions are kept too.",
      "As above.",
      "Same on every node."),

  /** How large what happened may become. */
  CHANGE_LOG_BYTES(
      "change-log-bytes",
      "BYTES",
      "1GiB",
      "Changes beyond this size are dropped, however young.",
      "Disk, snapshots and the time to start against how long a watcher may be away.",
      "When changes come fast it ends earlier than change-log-age says. Same on every node."),

  /** When the disk counts as nearly full. */
  DISK_LOW(
      "disk-low",
      "BYTES",
      "256MiB",
      "Free space under which this node, leading, refuses registrations (DISK_LOW); it takes them"
          + " again by itself with a quarter more.",
      "Space kept empty against time to react before the disk is full.",
      "It must last for what is on its way: a flush of the store, and a file of the log."),

  /** What is set aside for a full disk. */
  DISK_RESERVE(
      "disk-reserve",
      "BYTES",
      "128MiB",
      "Space held by a file in data-dir and given back when the disk is all but full, so that"
          + " deregistrations, expiry and compaction can still be written. 0 holds none.",
      "",
      "Below two files of the log a full disk may stop the node."),

  /** How much the node says. */
  LOG_LEVEL(
      "log-level",
      "LEVEL",
      "info",
      "error, warn, info, debug or trace, for what the node says of itself on standard error.",
      "",
      "debug and trace cost throughput."),

  /** How the node says it. */
  LOG_FORMAT(
      "log-format",
      "FORMAT",
      "plain",
      "plain (one line for people) or json (one object a line).",
      "",
      "");

  private static final String ENVIRONMENT_PREFIX = "ROLLCALL_";

  private final String key;
  private final String label;
  private final String fallback;
  private final String what;
  private final String trade;
  private final String danger;

  Setting(String key, String label, String fallback, String what, String trade, String danger) {
    this.key = key;
    this.label = label;
    this.fallback = fallback;
    this.what = what;
    this.trade = trade;
    this.danger = danger;
  }

  private static String labelled(String label, String text) {
    return text.isEmpty() ? "" : label + text;
  }

  /** The setting with this name in the file. */
  public static Optional<Setting> ofKey(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }

  /** Name in the file. */
  public String key() {
    return key;
  }

  /** Name in the environment. */
  public String environmentName() {
    return ENVIRONMENT_PREFIX + key.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Name as a flag, with its dashes. */
  public String flag() {
    return "--" + key;
  }

  /** What kind of value it takes. */
  public String label() {
    return label;
  }

  /** Value when nobody sets it; empty when not setting it means something of its own. */
  public String fallback() {
    return fallback;
  }

  /** What it is, then what it trades and what is dangerous about it where there is such a thing. */
  public List<String> documentation() {
    return Stream.of(what, labelled("Trade: ", trade), labelled("Danger: ", danger))
        .filter(text -> !text.isEmpty())
        .toList();
  }
}
