package dev.rollcall.client.transport;

import dev.rollcall.client.ChannelFactory;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.WrongCluster;
import dev.rollcall.client.transport.Node.Source;
import dev.rollcall.client.transport.NodeDirectory.ListedNode;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The nodes known and which of them to talk to: a random one of the lowest tier at first, then the
 * same until it fails, then the one whose last failure is longest ago (never failed comes first, by
 * tier, ties at random). When all have failed, the directory is asked who is there now.
 *
 * <p>A connection that failed is thrown away and made anew by the next attempt, because gRPC's own
 * reconnect delay grows far beyond a change of leader; pacing is left to the callers' backoff.
 */
public final class Nodes {
  private final EventLoop loop;
  private final ChannelFactory factory;
  private final ClusterPin pin = new ClusterPin();
  private final Map<String, Node> byAddress = new LinkedHashMap<>();
  private final Map<String, Node> strangers = new LinkedHashMap<>();
  private final Map<Lane, Node> current = new EnumMap<>(Lane.class);
  private final List<ManagedChannel> retired = new ArrayList<>();
  private @Nullable WrongCluster wrongCluster;
  private final AddressLookup lookup;
  private boolean isClosed;

  /** Knows the configured nodes; connects to none yet. */
  public Nodes(EventLoop loop, ChannelFactory factory, Collection<String> addresses) {
    this(loop, factory, addresses, NodeDirectory.NONE);
  }

  /** Knows the configured nodes, and where others are listed; connects to none yet. */
  public Nodes(
      EventLoop loop,
      ChannelFactory factory,
      Collection<String> addresses,
      NodeDirectory directory) {
    this.loop = loop;
    this.factory = factory;
    this.lookup = new AddressLookup(loop, directory, this::listed);
    for (String address : addresses) {
      byAddress.computeIfAbsent(address, Node::new).sources.add(Source.PROGRAM);
    }
  }

  /**
   * The node to use, or empty when there is none: nothing was found yet ({@link #whenLookedUp}), or
   * all turned out to belong to another cluster.
   */
  public Optional<Node> choose(Lane lane) {
    Node sticky = current.get(lane);
    if (sticky != null && byAddress.get(sticky.address()) == sticky) {
      return Optional.of(sticky);
    }
    Node best = null;
    int ties = 0;
    for (Node node : byAddress.values()) {
      if (node.isOfAnotherCluster) {
        continue;
      }
      int order = best == null ? -1 : compare(node, best);
      ties = order < 0 ? 1 : order == 0 ? ties + 1 : ties;
      // Each of n equals is taken with chance 1/n when it comes by: all end up equally likely.
      if (order < 0 || (order == 0 && loop.random() * ties < 1)) {
        best = node;
      }
    }
    if (best == null || best.hasFailed) {
      lookup.start();
    }
    if (best != null) {
      current.put(lane, best);
    }
    return Optional.ofNullable(best);
  }

  private static int compare(Node a, Node b) {
    if (a.hasFailed != b.hasFailed) {
      return a.hasFailed ? 1 : -1;
    }
    return a.hasFailed
        ? Long.compare(a.failedAtNanos - b.failedAtNanos, 0)
        : Integer.compare(a.tier, b.tier);
  }

  /** The node did what was asked. */
  public void succeeded(Node node) {
    node.hasFailed = false;
  }

  /** The lane leaves the node; it is tried again after all others. */
  public void failed(Lane lane, Node node) {
    node.hasFailed = true;
    node.failedAtNanos = loop.nanoTime();
    current.remove(lane, node);
  }

  /** The connection, not only the request, is in doubt: the next attempt makes another. */
  public void disconnect(Lane lane, Node node) {
    ManagedChannel channel = lane.isAlone() ? node.aloneChannel : node.sharedChannel;
    if (channel == null) {
      return;
    }
    if (lane.isAlone()) {
      node.aloneChannel = null;
    } else {
      node.sharedChannel = null;
    }
    // Not shutdownNow: the other lane may still be served by it.
    channel.shutdown();
    retired.removeIf(ManagedChannel::isTerminated);
    if (!channel.isTerminated()) {
      retired.add(channel);
    }
  }

  private void disconnect(Node node) {
    disconnect(Lane.CALLS, node);
    disconnect(Lane.KEEPALIVE, node);
  }

  /** The node belongs to another cluster: it is never chosen again. */
  public void wrongCluster(Node node, WrongCluster failure) {
    node.isOfAnotherCluster = true;
    wrongCluster = failure;
    current.values().removeIf(node::equals);
  }

  /** Why there is no node to choose. */
  public RegistryException noneLeft() {
    WrongCluster wrong = wrongCluster;
    RegistryException notFound = lookup.failure();
    if (wrong != null || notFound == null) {
      return wrong != null ? wrong : new WrongCluster("no endpoint belongs to this cluster");
    }
    return notFound;
  }

  /**
   * When there was no node to choose: whether nodes are being looked up. Only then the task is run,
   * once that is over, well or badly.
   */
  public boolean whenLookedUp(Runnable task) {
    return lookup.whenOver(task);
  }

  /** The thread that owns this. */
  EventLoop loop() {
    return loop;
  }

  /** The cluster this client believes. */
  public ClusterPin pin() {
    return pin;
  }

  /** How many could be chosen. */
  public int usableCount() {
    return (int) byAddress.values().stream().filter(node -> !node.isOfAnotherCluster).count();
  }

  /** The connection of a lane to a node. */
  public Channel channel(Lane lane, Node node) {
    ManagedChannel channel = lane.isAlone() ? node.aloneChannel : node.sharedChannel;
    if (channel == null) {
      if (isClosed) {
        throw new IllegalStateException("the client is closed");
      }
      channel = factory.channel(node.address());
      if (lane.isAlone()) {
        node.aloneChannel = channel;
      } else {
        node.sharedChannel = channel;
      }
    }
    return channel;
  }

  /** A node by its address, whether or not the client would choose it. */
  public Node at(String address) {
    Node known = byAddress.get(address);
    return known != null ? known : strangers.computeIfAbsent(address, Node::new);
  }

  /**
   * What the cluster says its nodes are. Configured ones stay in any case: they may be reachable
   * where advertised ones are not.
   */
  public void discovered(Collection<String> addresses) {
    learn(Source.CLUSTER, addresses);
  }

  private void listed(Collection<ListedNode> nodes) {
    learn(Source.DIRECTORY, nodes.stream().map(ListedNode::address).toList());
    byAddress.values().forEach(node -> node.tier = Node.TIER_UNKNOWN);
    for (ListedNode listed : nodes) {
      Node node = byAddress.get(listed.address());
      if (node != null) {
        node.tier = Math.min(node.tier, listed.tier());
      }
    }
  }

  private void learn(Source source, Collection<String> addresses) {
    byAddress.values().forEach(node -> node.sources.remove(source));
    for (String address : addresses) {
      byAddress.computeIfAbsent(address, Node::new).sources.add(source);
    }
    List<Node> gone = byAddress.values().stream().filter(it -> it.sources.isEmpty()).toList();
    for (Node node : gone) {
      byAddress.remove(node.address());
      disconnect(node); // a stream that still works is not cut: it ends when the node does
    }
  }

  /** Ends all connections at once. */
  public void close() {
    isClosed = true;
    lookup.close();
    byAddress.values().forEach(this::disconnect);
    strangers.values().forEach(this::disconnect);
    retired.forEach(ManagedChannel::shutdownNow);
    retired.clear();
  }
}
