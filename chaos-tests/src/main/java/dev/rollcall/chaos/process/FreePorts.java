package dev.rollcall.chaos.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses ports for nodes that will be killed and started again. They lie below those that the
 * system gives to outgoing connections: while its node is down, one of those could take the port,
 * and a connection to it could even end up connected to itself.
 */
public final class FreePorts {
  private static final int FIRST = 10_000;
  private static final int LAST = 30_000;
  private static final int ATTEMPTS_MAX = 1_000;

  private FreePorts() {}

  /** Ports that nobody listens on now, all different. */
  public static List<Integer> choose(int count) throws IOException {
    // All are held until the last is found.
    var held = new ArrayList<ServerSocket>();
    try {
      for (int attempt = 0; held.size() < count; attempt++) {
        int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
          if (attempt == ATTEMPTS_MAX) {
            throw e;
          }
        }
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }
}
