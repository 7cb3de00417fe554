package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A connection on which anything may be said, for tests. */
public final class RawHttp implements AutoCloseable {
  private static final int WAIT_MILLIS = 60_000;

  private final Socket socket;

  public RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(WAIT_MILLIS);
  }

  /** Says it and reads until the other side hangs up. */
  public static String exchange(int port, String said) throws IOException {
    try (var connection = new RawHttp(port)) {
      connection.say(said);
      return connection.rest();
    }
  }

  public void say(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Says no more, and is still there to listen. */
  public void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** The next line that comes, without its end. */
  public String line() throws IOException {
    var line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; ) {
      line.append((char) c);
      c = socket.getInputStream().read();
    }
    return line.toString().strip();
  }

  /** All that comes until the other side hangs up. */
  public String rest() throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection was not closed", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
