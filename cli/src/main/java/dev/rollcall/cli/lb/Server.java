package dev.rollcall.cli.lb;

import java.net.InetAddress;

/**
 * One server of a backend, as it should be or as it is.
 *
 * @param port 1 to 65535
 * @param weight share relative to the others of the backend, 0 to {@value Weights#MAX}; 0 means
 *     nothing new
 */
public record Server(ServerKey key, InetAddress address, int port, int weight, Mode mode) {
  /** Whether it gets new traffic. */
  boolean isServing() {
    return mode == Mode.READY && weight > 0;
  }
}
