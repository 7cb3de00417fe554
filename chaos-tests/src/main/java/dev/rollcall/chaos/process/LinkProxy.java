package dev.rollcall.chaos.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Stands on loopback in the place of a node and carries each connection to it, the bytes of either
 * direction on a {@link Way} of their own. A connection is made when both ways are open, since TCP
 * shakes hands; its end travels like its bytes. At most 4 MiB are on a way per connection, then the
 * sender waits, as it would for a full window.
 */
final class LinkProxy implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 16;
  private static final int PIECES_MAX = 64;

  private final ServerSocket listener;
  private final int target;
  private final Way there;
  private final Way back;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  private LinkProxy(ServerSocket listener, int target, Way there, Way back) {
    this.listener = listener;
    this.target = target;
    this.there = there;
    this.back = back;
  }

  /**
   * Listens.
   *
   * @param target port on loopback
   */
  static LinkProxy start(int target, Way there, Way back) throws IOException {
    var listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    var proxy = new LinkProxy(listener, target, there, back);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    closeQuietly(listener);
    connections.forEach(Connection::close);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var connection = new Connection(listener.accept());
        connections.add(connection);
        connection.start();
        if (listener.isClosed()) {
          connection.close();
        }
      } catch (IOException e) {
        // Closed; or this one came to nothing, which its sender sees for itself.
      }
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // There is nothing that one could do about it, and nobody who would miss it.
    }
  }

  /** A piece of a stream under way. */
  private record Piece(ByteBuffer bytes, long arrivalNanos, boolean isEnd) {}

  /** From a sender to the target and back. */
  private final class Connection {
    private final Socket sender;
    private final Socket receiver = new Socket();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CountDownLatch directionsOpen = new CountDownLatch(2);

    Connection(Socket sender) {
      this.sender = sender;
    }

    void start() {
      begin(() -> {
        there.awaitArrival(there.arrivalNanos());
        back.awaitArrival(back.arrivalNanos());
        receiver.connect(loopback());
        sender.setTcpNoDelay(true);
        receiver.setTcpNoDelay(true);
        carry(sender, receiver, there);
        carry(receiver, sender, back);
        directionsOpen.await();
        close();
      });
    }

    /** Reads ahead, so that a delay holds up nothing but the bytes it is for. */
    private void carry(Socket from, Socket to, Way way) {
      var pieces = new ArrayBlockingQueue<Piece>(PIECES_MAX);
      begin(() -> read(from, way, pieces));
      begin(() -> {
        write(to, way, pieces);
        directionsOpen.countDown();
      });
    }

    private void read(Socket from, Way way, BlockingQueue<Piece> pieces)
        throws InterruptedException {
      var buffer = new byte[PIECE_BYTES];
      int length;
      do {
        try {
          length = from.getInputStream().read(buffer);
        } catch (IOException e) {
          length = -1; // a reset; for the other side it is an end as good as any
        }
        var bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(0, length)));
        pieces.put(new Piece(bytes, way.arrivalNanos(), length < 0));
      } while (length >= 0);
    }

    private void write(Socket to, Way way, BlockingQueue<Piece> pieces)
        throws IOException, InterruptedException {
      while (true) {
        Piece piece = pieces.take();
        way.awaitArrival(piece.arrivalNanos());
        if (piece.isEnd()) {
          to.shutdownOutput();
          return;
        }
        to.getOutputStream().write(piece.bytes().array());
      }
    }

    private void begin(Step step) {
      Thread thread =
          Thread.ofVirtual()
              .unstarted(() -> {
                try {
                  step.run();
                } catch (IOException | InterruptedException e) {
                  close(); // one of the sides is gone, or this proxy is
                }
              });
      threads.add(thread);
      thread.start();
    }

    void close() {
      connections.remove(this);
      closeQuietly(sender);
      closeQuietly(receiver);
      threads.forEach(Thread::interrupt);
    }

    private InetSocketAddress loopback() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), target);
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }
}
