package dev.rollcall.store.instance;

/**
 * One address of an instance; limits as in {@link Names}.
 *
 * @param name within the instance; empty means "default"
 * @param protocol what is spoken there, may be empty
 * @param port 1 to 65535
 */
public record Endpoint(String name, String protocol, String host, int port, boolean tls) {
  public Endpoint {
    if (name.isEmpty()) {
      name = "default";
    }
    Names.requireEndpoint(name, protocol, host, port);
  }
}
