package dev.rollcall.chaos.process;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Leads a node's connections to its peers over proxies: in that node's process, the address of a
 * peer stands for the proxy of the link to it. So all nodes keep one list of members, and every
 * link has a proxy that knows whose it is.
 */
final class LinkResolver extends NameResolverProvider {
  private final Map<Integer, Integer> proxies;

  private LinkResolver(Map<Integer, Integer> proxies) {
    this.proxies = proxies;
  }

  /**
   * For all connections that this process makes from now on.
   *
   * @param links what {@link #encode} made
   */
  static void install(String links) {
    var proxies = new HashMap<Integer, Integer>();
    for (String link : links.split(",", -1)) {
      String[] ports = link.split(">", -1);
      proxies.put(Integer.valueOf(ports[0]), Integer.valueOf(ports[1]));
    }
    NameResolverRegistry.getDefaultRegistry().register(new LinkResolver(proxies));
  }

  /** The ports of proxies by the peer ports that they stand for, for a command line. */
  static String encode(Map<Integer, Integer> proxies) {
    return proxies.entrySet().stream()
        .map(link -> link.getKey() + ">" + link.getValue())
        .sorted()
        .collect(Collectors.joining(","));
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /** Above gRPC's own, which has 5. */
  @Override
  protected int priority() {
    return 9;
  }

  @Override
  public String getDefaultScheme() {
    return "dns";
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    String path = target.getPath();
    String authority = path.substring(path.lastIndexOf('/') + 1);
    int port = Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
    int proxy = proxies.getOrDefault(port, port);
    return new Known(authority, new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy));
  }

  /** Needs no looking up. */
  private static final class Known extends NameResolver {
    private final String authority;
    private final InetSocketAddress address;

    Known(String authority, InetSocketAddress address) {
      this.authority = authority;
      this.address = address;
    }

    @Override
    public String getServiceAuthority() {
      return authority;
    }

    @Override
    public void start(Listener2 listener) {
      listener.onResult(
          ResolutionResult.newBuilder()
              .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(address))))
              .build());
    }

    @Override
    public void shutdown() {
      // Nothing is open.
    }
  }
}
