package dev.rollcall.client;

import dev.rollcall.client.dns.DnsDirectory;
import dev.rollcall.client.dns.DnsName;
import dev.rollcall.client.transport.Addresses;
import dev.rollcall.client.transport.NodeDirectory;
import dev.rollcall.client.transport.ThreadEventLoop;
import java.time.Duration;
import java.util.List;

/** Says how a client is to be. Not safe for several threads. */
public final class RegistryClientBuilder {
  private String endpoints = "127.0.0.1:7400";
  private String zone = "";
  private String namespace = "default";
  private Duration callTimeout = Duration.ofSeconds(10);
  private Duration closeTimeout = Duration.ofSeconds(5);
  private boolean discoverMembers = true;
  private ChannelFactory channels = new NettyChannels();

  RegistryClientBuilder() {}

  /**
   * Nodes to begin with, as {@code host:port,host:port}; by default 127.0.0.1:7400. Or, as {@code
   * dns:NAME}, where DNS lists them: in SRV records of {@code _rollcall._tcp.NAME}, else in TXT
   * records of {@code txt.NAME}. They are looked up when first needed, and again, at most every 5
   * s, when none that is known answers. {@code dns://SERVER[:PORT]/NAME} asks a certain server.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public RegistryClientBuilder endpoints(String value) {
    if (DnsName.isSpelled(value)) {
      DnsName.parse(value);
    } else {
      Addresses.parseAll(value);
    }
    endpoints = value;
    return this;
  }

  /**
   * The zone that the program runs in: nodes that DNS lists for that zone are chosen before others.
   * By default unknown; without {@code dns:} it says nothing.
   */
  public RegistryClientBuilder zone(String value) {
    zone = value;
    return this;
  }

  /** Namespace of all names given without one; by default "default". */
  public RegistryClientBuilder namespace(String value) {
    namespace = value;
    return this;
  }

  /** How long a blocking call may take with all its repeats; by default 10 s. */
  public RegistryClientBuilder callTimeout(Duration value) {
    callTimeout = value;
    return this;
  }

  /** How long deregistering may hold up closing; by default 5 s. */
  public RegistryClientBuilder closeTimeout(Duration value) {
    closeTimeout = value;
    return this;
  }

  /**
   * Whether to ask the cluster for further nodes; by default yes. Turn it off where the addresses
   * that nodes advertise cannot be reached.
   */
  public RegistryClientBuilder discoverMembers(boolean value) {
    discoverMembers = value;
    return this;
  }

  /** Makes the connections; by default plain text over TCP. */
  public RegistryClientBuilder channels(ChannelFactory value) {
    channels = value;
    return this;
  }

  /**
   * Makes the client; connects to nobody yet.
   *
   * @throws RegistryException.InvalidRequest when the namespace is outside the rules
   * @throws IllegalArgumentException when a timeout is not positive, or nodes are looked up and the
   *     zone cannot be part of a DNS name
   */
  public RegistryClient build() {
    return new RegistryClient(config(), new ThreadEventLoop(), Callbacks.onThread());
  }

  ClientConfig config() {
    return DnsName.isSpelled(endpoints)
        ? config(List.of(), new DnsDirectory(DnsName.parse(endpoints), zone))
        : config(Addresses.parseAll(endpoints), NodeDirectory.NONE);
  }

  ClientConfig config(List<String> addresses, NodeDirectory directory) {
    return new ClientConfig(
        addresses, directory, namespace, callTimeout, closeTimeout, discoverMembers, channels);
  }
}
