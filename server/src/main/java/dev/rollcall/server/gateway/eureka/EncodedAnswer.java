package dev.rollcall.server.gateway.eureka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** The bytes of one answer in all its forms, each made when first asked for. Any thread. */
final class EncodedAnswer {
  private static final int BUFFER_BYTES = 8 << 10;

  private final Map<WireFormat, Once<byte[]>> plain = new EnumMap<>(WireFormat.class);
  private final Map<WireFormat, Once<byte[]>> zipped = new EnumMap<>(WireFormat.class);

  EncodedAnswer(Function<WireFormat, byte[]> encode) {
    for (var format : WireFormat.values()) {
      var bytes = new Once<>(() -> encode.apply(format));
      plain.put(format, bytes);
      zipped.put(format, new Once<>(() -> zip(bytes.get())));
    }
  }

  /** Compresses as fast as it can: the texts repeat themselves so much that more gains little. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  byte[] plain(WireFormat format) {
    return once(plain, format);
  }

  byte[] zipped(WireFormat format) {
    return once(zipped, format);
  }

  private static byte[] once(Map<WireFormat, Once<byte[]>> made, WireFormat format) {
    var bytes = made.get(format);
    if (bytes == null) {
      throw new IllegalStateException("every format has its bytes: " + format);
    }
    return bytes.get();
  }

  private static byte[] zip(byte[] bytes) {
    var zipped = new ByteArrayOutputStream(bytes.length / 8 + 64);
    try (var stream = new FastGzip(zipped)) {
      stream.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory", e);
    }
    return zipped.toByteArray();
  }
}
