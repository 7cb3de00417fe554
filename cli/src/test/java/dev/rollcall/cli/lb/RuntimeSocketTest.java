package dev.rollcall.cli.lb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against somebody who is not HAProxy, or not quite; over TCP. */
class RuntimeSocketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final ServerSocket server = listen();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What is done with one connection. */
  private interface Host {
    void serve(BufferedReader in, OutputStream out) throws IOException;
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  @Test
  void anAnswerGoesUpToTheNextPrompt() throws IOException {
    serve((in, out) -> {
      assertThat(in.readLine()).isEqualTo("prompt");
      say(out, "\n> ");
      assertThat(in.readLine()).isEqualTo("first");
      for (String piece : List.of("a > b\n", "last\n\n", "\n", ">", " ")) {
        say(out, piece);
      }
      assertThat(in.readLine()).isEqualTo("second");
      say(out, "\n> ");
    });
    try (var socket = RuntimeSocket.open(server.getLocalSocketAddress(), PATIENCE)) {
      assertThat(socket.ask("first")).isEqualTo("a > b\nlast");
      assertThat(socket.ask("second")).isEmpty();
    }
  }

  @Test
  void anAnswerOfTheMostBytesIsTakenAndNotOneMore() throws IOException {
    int prompt = "\n> ".length();
    serve((in, out) -> {
      in.readLine();
      say(out, "\n> ");
      in.readLine();
      fill(out, RuntimeSocket.ANSWER_BYTES_MAX - prompt);
      say(out, "\n> ");
      in.readLine();
      fill(out, RuntimeSocket.ANSWER_BYTES_MAX - prompt + 1);
      say(out, "\n> ");
    });
    try (var socket = RuntimeSocket.open(server.getLocalSocketAddress(), PATIENCE)) {
      assertThat(socket.ask("much")).hasSize(RuntimeSocket.ANSWER_BYTES_MAX - prompt);
      assertThatThrownBy(() -> socket.ask("more"))
          .isInstanceOf(IOException.class)
          .hasMessage("its answer is longer than 33554432 bytes");
    }
  }

  @Test
  void whoDoesNotAnswerIsGivenUp() {
    serve((in, out) -> {
      in.readLine();
      say(out, "Unknown command");
      in.readLine(); // for ever
    });
    assertThatThrownBy(() -> RuntimeSocket.open(server.getLocalSocketAddress(), SHORT))
        .isInstanceOf(IOException.class)
        .hasMessage("it does not answer within 50 ms");
  }

  @Test
  void whoEndsTheConversationIsSaidToHaveDoneSo() {
    serve((in, out) -> in.readLine());
    assertThatThrownBy(() -> RuntimeSocket.open(server.getLocalSocketAddress(), PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessage("it closed the connection");
  }

  @Test
  void anotherProgramIsNotTakenForHaproxy() {
    serve((in, out) -> {
      while (in.readLine() != null) {
        say(out, "hello\n> ");
      }
    });
    var runtime = new HaproxyRuntime("127.0.0.1:" + server.getLocalPort(), "", "");
    try (LoadBalancer.Session session = runtime.open()) {
      assertThatThrownBy(session::process)
          .isInstanceOf(LoadBalancerException.class)
          .hasMessageContaining("does not answer like HAProxy");
      assertThatThrownBy(() -> session.servers("be"))
          .isInstanceOf(LoadBalancerException.class)
          .hasMessage("HAProxy refused 'show servers state be': hello");
    }
  }

  @Test
  void whereNobodyListensIsOneLine() throws IOException {
    String address = "127.0.0.1:" + server.getLocalPort();
    server.close();
    assertThatThrownBy(() -> new HaproxyRuntime(address, "", "").open())
        .isInstanceOf(LoadBalancerException.class)
        .hasMessage("nobody listens at " + address);
  }

  @Test
  void noRightToTheSocketIsOneLine() {
    var runtime = new HaproxyRuntime("/run/haproxy/admin.sock", "", "");
    LoadBalancerException refused = runtime.notOpened(new IOException("Permission denied"));
    assertThat(refused.kind()).isEqualTo(LoadBalancerException.Kind.MISCONFIGURED);
    assertThat(refused)
        .hasMessageStartingWith("no right to use the socket /run/haproxy/admin.sock: run as");
  }

  private void serve(Host host) {
    threads.execute(() -> {
      try (Socket socket = server.accept()) {
        host.serve(
            new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)),
            socket.getOutputStream());
      } catch (IOException e) {
        // The test has ended.
        return;
      }
    });
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(US_ASCII));
    out.flush();
  }

  private static void fill(OutputStream out, int bytes) throws IOException {
    var letters = new byte[bytes];
    Arrays.fill(letters, (byte) 'x');
    out.write(letters);
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
