package dev.rollcall.chaos.process;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What lies between the nodes of a cluster: a {@link LinkProxy} for each ordered pair. A cut is
 * silence, as of a switch that drops packets: connections stay, and what was sent meanwhile arrives
 * after the healing, as TCP would send it again, unless a node gave the connection up. Clients are
 * not affected. Any thread.
 */
final class Network implements AutoCloseable {
  private final int nodes;
  private final List<List<Way>> ways = new ArrayList<>();
  private final List<Map<Integer, LinkProxy>> links = new ArrayList<>();

  /**
   * Listens for every pair.
   *
   * @param peerPorts where the nodes listen for each other on loopback
   */
  Network(List<Integer> peerPorts) throws IOException {
    nodes = peerPorts.size();
    for (int from = 0; from < nodes; from++) {
      ways.add(IntStream.range(0, nodes).mapToObj(to -> new Way()).toList());
    }
    for (int from = 0; from < nodes; from++) {
      var linksOfOne = new HashMap<Integer, LinkProxy>();
      for (int to = 0; to < nodes; to++) {
        if (to != from) {
          linksOfOne.put(to, LinkProxy.start(peerPorts.get(to), way(from, to), way(to, from)));
        }
      }
      links.add(linksOfOne);
    }
  }

  /** The port on loopback at which one node reaches another. */
  int port(int from, int to) {
    LinkProxy link = links.get(from).get(to);
    if (link == null) {
      throw new IllegalArgumentException("no link from " + from + " to " + to);
    }
    return link.port();
  }

  /** Nothing that {@code from} sends arrives at {@code to}; the other way is not affected. */
  void cut(int from, int to) {
    way(from, to).cut();
  }

  /** Cuts a node off from all others, both ways. */
  void isolate(int node) {
    for (int other = 0; other < nodes; other++) {
      cut(node, other);
      cut(other, node);
    }
  }

  /** Ends all cuts. */
  void heal() {
    ways.forEach(each -> each.forEach(Way::heal));
  }

  /** Everything takes this long, each way, from now on; zero for no time at all. */
  void delay(Duration delay) {
    ways.forEach(each -> each.forEach(way -> way.delay(delay)));
  }

  @Override
  public void close() {
    links.forEach(each -> each.values().forEach(LinkProxy::close));
  }

  private Way way(int from, int to) {
    return ways.get(from).get(to);
  }
}
