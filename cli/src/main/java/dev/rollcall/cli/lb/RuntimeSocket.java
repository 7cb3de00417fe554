package dev.rollcall.cli.lb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One connection to HAProxy's runtime API, in its interactive mode: a line is sent, and what comes
 * up to the next prompt is the answer. Each answer has a time and a size at most. One thread.
 */
final class RuntimeSocket implements AutoCloseable {
  /** Well above the state of 100,000 servers. */
  static final int ANSWER_BYTES_MAX = 32 << 20;

  private static final String PROMPT = "\n> ";
  private static final int BUFFER_BYTES = 64 << 10;

  private final SocketChannel channel;
  private final Selector selector;
  private final Duration timeout;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private RuntimeSocket(SocketChannel channel, Duration timeout) throws IOException {
    this.channel = channel;
    this.timeout = timeout;
    channel.configureBlocking(false);
    selector = Selector.open();
  }

  /**
   * Connects.
   *
   * @param timeout for the connection, and for each answer
   * @throws IOException when nobody is there, or lets us in, in time
   */
  static RuntimeSocket open(SocketAddress address, Duration timeout) throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    RuntimeSocket socket = null;
    try {
      socket = new RuntimeSocket(channel, timeout);
      socket.connect(address);
      socket.ask("prompt");
      return socket;
    } catch (IOException e) {
      if (socket == null) {
        channel.close();
      } else {
        socket.close();
      }
      throw e;
    }
  }

  private void connect(SocketAddress address) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!channel.connect(address)) {
      channel.register(selector, SelectionKey.OP_CONNECT);
      do {
        await(deadline);
      } while (!channel.finishConnect());
    }
    channel.register(selector, 0);
  }

  /**
   * The answer to one line, without blank lines around it.
   *
   * @throws IOException when it does not come in time, is too long, or the connection ends
   */
  String ask(String line) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    SelectionKey key = channel.keyFor(selector);
    ByteBuffer out = UTF_8.encode(line + "\n");
    key.interestOps(SelectionKey.OP_WRITE);
    while (out.hasRemaining()) {
      if (channel.write(out) == 0) {
        await(deadline);
      }
    }
    key.interestOps(SelectionKey.OP_READ);
    return read(deadline).strip();
  }

  private String read(long deadline) throws IOException {
    var answer = new ByteArrayOutputStream();
    while (true) {
      buffer.clear();
      int count = channel.read(buffer);
      if (count < 0) {
        throw new IOException("it closed the connection");
      }
      if (count == 0) {
        await(deadline);
        continue;
      }
      answer.write(buffer.array(), 0, count);
      if (answer.size() > ANSWER_BYTES_MAX) {
        throw new IOException("its answer is longer than " + ANSWER_BYTES_MAX + " bytes");
      }
      if (buffer.get(count - 1) == ' ') {
        String text = answer.toString(UTF_8);
        if (text.endsWith(PROMPT)) {
          return text.substring(0, text.length() - PROMPT.length());
        }
      }
    }
  }

  private void await(long deadline) throws IOException {
    long nanos = deadline - System.nanoTime();
    if (nanos <= 0) {
      throw new IOException("it does not answer within " + timeout.toMillis() + " ms");
    }
    selector.select(Math.max(1, nanos / 1_000_000));
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted");
    }
  }

  @Override
  public void close() {
    try (selector;
        channel) {
      // Both are closed, whatever becomes of the first.
    } catch (IOException e) {
      // There is nothing left to be lost.
      return;
    }
  }
}
