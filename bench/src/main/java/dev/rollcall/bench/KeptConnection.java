package dev.rollcall.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An HTTP/1.1 connection that is kept, as the pools of Eureka clients keep theirs: one request
 * after another, gzip taken as it comes. As little as will do, so that the load leaves the
 * processor to who is measured. One thread.
 */
final class KeptConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final int port;
  private Socket socket;
  private InputStream in;

  /** To a server on this machine. */
  KeptConnection(int port) throws IOException {
    this.port = port;
    socket = open();
    in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
  }

  private Socket open() throws IOException {
    var opened = new Socket(InetAddress.getLoopbackAddress(), port);
    opened.setTcpNoDelay(true);
    opened.setSoTimeout(TIMEOUT_MILLIS);
    return opened;
  }

  /** An answer with its body as it came, zipped or not. */
  static final class Answer {
    private final int status;
    private final byte[] body;

    private Answer(int status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    int status() {
      return status;
    }

    byte[] body() {
      return body;
    }
  }

  /** A request without a body. */
  Answer send(String method, String target) throws IOException {
    return send(method, target, new byte[0]);
  }

  /** A request; JSON where there is a body. */
  Answer send(String method, String target, byte[] body) throws IOException {
    String length =
        method.equals("POST")
            ? "Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(body.length)
            : "";
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n"
            + "DiscoveryIdentity-Name: DefaultClient\r\nDiscoveryIdentity-Version: 1.4\r\n"
            + length
            + "\r\n";
    byte[] first = head.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[first.length + body.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(body, 0, all, first.length, body.length);
    socket.getOutputStream().write(all);
    return receive();
  }

  private Answer receive() throws IOException {
    String status = line();
    int code = Integer.parseInt(status.substring(9, 12));
    int length = 0;
    boolean isChunked = false;
    boolean isLast = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).strip());
      }
      isChunked |= lower.equals("transfer-encoding: chunked");
      isLast |= lower.equals("connection: close");
    }
    byte[] body = isChunked ? chunks() : in.readNBytes(length);
    if (isLast) {
      close();
      socket = open();
      in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
    }
    return new Answer(code, body);
  }

  private byte[] chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    while (true) {
      int length = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
      body.write(in.readNBytes(length));
      line();
      if (length == 0) {
        return body.toByteArray();
      }
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server ended the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
