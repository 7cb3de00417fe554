package dev.rollcall.cli.lb;

import java.net.InetAddress;

/** One change to a backend. */
public sealed interface Step {
  /** Whom it is about. */
  ServerKey key();

  /** A server that is not there, with all it should be. */
  record Add(Server server) implements Step {
    @Override
    public ServerKey key() {
      return server.key();
    }
  }

  /** Another address. */
  record Move(ServerKey key, InetAddress address, int port) implements Step {}

  /** Another weight. */
  record Weigh(ServerKey key, int weight) implements Step {}

  /** Other traffic. */
  record Switch(ServerKey key, Mode mode) implements Step {}

  /** It goes; it is in maintenance. The balancer may have to put it off. */
  record Remove(ServerKey key) implements Step {}
}
