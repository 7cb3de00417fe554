package dev.rollcall.cli.lb;

import dev.rollcall.cli.lb.LoadBalancerException.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What HAProxy's answers mean; its texts of 2.6 to 3.0. */
final class HaproxyAnswers {
  /** Put there by an operator of HAProxy, or by us; 2 and 4 come from its configuration. */
  private static final int ADMIN_MAINTENANCE = 0x01;

  private static final int ADMIN_DRAIN = 0x08;

  private HaproxyAnswers() {}

  /** Those of our servers in an answer to {@code show servers state}. */
  static List<Server> servers(String answer, String backend) {
    List<String> lines = answer.lines().toList();
    // The first line is the version of the format, which has been 1 since there is one.
    if (lines.size() < 2 || !lines.get(1).startsWith("# ")) {
      throw refused(answer, backend, "show servers state " + backend);
    }
    Map<String, Integer> columns = columns(lines.get(1));
    var servers = new ArrayList<Server>();
    for (String line : lines.subList(2, lines.size())) {
      String[] fields = line.split(" ", -1);
      if (fields.length >= columns.size()) {
        server(name -> fields[columns.getOrDefault(name, 0)]).ifPresent(servers::add);
      }
    }
    return servers;
  }

  /** Reads one field of a line. */
  private interface Fields {
    String field(String name);

    default int number(String name) {
      return Integer.parseInt(field(name));
    }
  }

  private static Map<String, Integer> columns(String header) {
    var columns = new HashMap<String, Integer>();
    for (String name : header.substring(2).split(" ", -1)) {
      columns.put(name, columns.size());
    }
    return columns;
  }

  private static Optional<Server> server(Fields line) {
    Optional<ServerKey> key = HaproxyName.parse(line.field("srv_name"));
    if (key.isEmpty()) {
      return Optional.empty();
    }
    int admin = line.number("srv_admin_state");
    Mode mode =
        (admin & ADMIN_MAINTENANCE) != 0
            ? Mode.MAINTENANCE
            : (admin & ADMIN_DRAIN) != 0 ? Mode.DRAIN : Mode.READY;
    try {
      return Optional.of(
          new Server(
              key.get(),
              InetAddress.getByName(line.field("srv_addr")),
              line.number("srv_port"),
              line.number("srv_uweight"),
              mode));
    } catch (UnknownHostException | NumberFormatException e) {
      throw new LoadBalancerException(
          Kind.UNREACHABLE, "a line of 'show servers state' cannot be read: " + e.getMessage());
    }
  }

  static boolean isIdTaken(String answer) {
    return answer.contains("custom id") && answer.contains("already used");
  }

  /**
   * Whether the command was carried out; false when it may be later.
   *
   * @throws LoadBalancerException when it never will as things are
   */
  static boolean isDone(String answer, String backend, String command) {
    if (answer.isEmpty()
        || answer.equals("New server registered.")
        || answer.equals("Server deleted.")
        || answer.contains("changed from")
        || answer.startsWith("no need to change")
        // It was added by an earlier run, with other options.
        || answer.startsWith("Health check was not configured")) {
      return true;
    }
    if (answer.startsWith("Server still has connections")
        || answer.startsWith("Only servers in maintenance mode")
        || answer.startsWith("Already exists a server with the same name")
        || answer.startsWith("No such server")) {
      return false;
    }
    throw refused(answer, backend, command);
  }

  private static LoadBalancerException refused(String answer, String backend, String command) {
    if (answer.startsWith("No such backend") || answer.startsWith("Can't find backend")) {
      return misconfigured("HAProxy has no backend " + backend);
    }
    if (answer.startsWith("Backend must use a dynamic load balancing")) {
      return misconfigured(
          "backend "
              + backend
              + " has a static balance algorithm, which takes no servers at run time: use"
              + " roundrobin, leastconn, random or first, or 'hash-type consistent'");
    }
    if (answer.startsWith("Permission denied")) {
      return misconfigured("HAProxy's socket gives no right to change servers: add 'level admin'");
    }
    String words = answer.lines().findFirst().orElse("nothing");
    return new LoadBalancerException(
        Kind.STEP_REFUSED, "HAProxy refused '" + command + "': " + words);
  }

  private static LoadBalancerException misconfigured(String message) {
    return new LoadBalancerException(Kind.MISCONFIGURED, message);
  }
}
