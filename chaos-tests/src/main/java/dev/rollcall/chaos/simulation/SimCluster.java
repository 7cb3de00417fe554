package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The nodes of one cluster, what joins them, and who watches. */
final class SimCluster implements DurableLogs {
  private final VirtualTime time;
  private final SimNetwork network;
  private final World world;
  private final List<SimNode> nodes = new ArrayList<>();

  SimCluster(VirtualTime time, RandomGenerator random, int size, World world) {
    this.time = time;
    this.world = world;
    // One place more, for all clients together.
    this.network = new SimNetwork(time, random, size + 1);
    var members = new ArrayList<Member>();
    for (int number = 0; number < size; number++) {
      members.add(new Member(idOf(number), "peer-" + number, "client-" + number));
    }
    for (int number = 0; number < size; number++) {
      nodes.add(new SimNode(this, number, Configuration.ofVoters(members), random));
    }
  }

  static NodeId idOf(int number) {
    return new NodeId(0x5eed, number + 1L);
  }

  VirtualTime time() {
    return time;
  }

  SimNetwork network() {
    return network;
  }

  World world() {
    return world;
  }

  List<SimNode> nodes() {
    return nodes;
  }

  SimNode node(NodeId id) {
    return nodes.get((int) id.low() - 1);
  }

  /** The place of clients on the network. */
  int clients() {
    return nodes.size();
  }

  /** The running node that leads the highest term, else the one given. */
  SimNode leaderOr(SimNode other) {
    SimNode leader = other;
    long term = 0;
    for (SimNode node : nodes) {
      var life = node.life();
      if (life != null && life.status().role() == Role.LEADER && life.status().term() > term) {
        leader = node;
        term = life.status().term();
      }
    }
    return leader;
  }

  @Override
  public long lastIndex(int node) {
    return nodes.get(node).log().lastIndex();
  }

  @Override
  public boolean holds(int node, EntryId id) {
    var log = nodes.get(node).log();
    return id.index() >= log.firstIndex()
        && id.index() <= log.lastIndex()
        && log.term(id.index()) == id.term();
  }
}
