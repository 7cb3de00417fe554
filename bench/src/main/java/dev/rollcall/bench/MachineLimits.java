package dev.rollcall.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What this machine can do at best, whatever runs on it: a copy, a checksum, a hand-over between
 * two threads, a round trip on the loopback. The bare write and sync is in {@link LogAppend}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class MachineLimits {
  private static final int BYTES = 1 << 20;

  private final byte[] from = new byte[BYTES];
  private final byte[] to = new byte[BYTES];
  private final CRC32C crc = new CRC32C();
  private final Exchanger<Integer> exchanger = new Exchanger<>();
  private final ByteBuffer small = ByteBuffer.allocateDirect(64);
  private Thread partner;
  private Thread echo;
  private SocketChannel socket;

  @Setup
  public void start() throws IOException {
    partner = Thread.ofPlatform().daemon().start(this::exchangeForever);
    var listener =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    echo = Thread.ofPlatform().daemon().start(() -> echoForever(listener));
    socket = SocketChannel.open(listener.getLocalAddress());
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  @TearDown
  public void stop() throws IOException {
    partner.interrupt();
    socket.close();
    echo.interrupt();
  }

  @Benchmark
  public byte copy1MiB() {
    System.arraycopy(from, 0, to, 0, BYTES);
    return to[BYTES - 1];
  }

  @Benchmark
  public long checksum1MiB() {
    crc.reset();
    crc.update(from, 0, BYTES);
    return crc.getValue();
  }

  @Benchmark
  public int handOver() throws InterruptedException {
    return exchanger.exchange(1);
  }

  @Benchmark
  public int loopbackRoundTrip() throws IOException {
    small.clear();
    while (small.hasRemaining()) {
      socket.write(small);
    }
    small.clear();
    while (small.hasRemaining() && socket.read(small) >= 0) {
      // until all is back
    }
    return small.position();
  }

  private void exchangeForever() {
    try {
      while (!Thread.interrupted()) {
        exchanger.exchange(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void echoForever(ServerSocketChannel listener) {
    try (listener;
        SocketChannel peer = listener.accept()) {
      peer.setOption(StandardSocketOptions.TCP_NODELAY, true);
      var buffer = ByteBuffer.allocateDirect(64);
      while (peer.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          peer.write(buffer);
        }
      }
    } catch (IOException e) {
      return; // the other side is done
    }
  }
}
