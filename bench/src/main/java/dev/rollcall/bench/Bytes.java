package dev.rollcall.bench;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages that nobody parses. */
final class Bytes implements Marshaller<byte[]> {
  private Bytes() {}

  /** A unary method of this full name, between bytes. */
  static MethodDescriptor<byte[], byte[]> method(String fullName) {
    var bytes = new Bytes();
    return MethodDescriptor.newBuilder(bytes, bytes)
        .setType(MethodType.UNARY)
        .setFullMethodName(fullName)
        .build();
  }

  @Override
  public InputStream stream(byte[] value) {
    return new Known(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Known extends ByteArrayInputStream implements KnownLength {
    Known(byte[] bytes) {
      super(bytes);
    }
  }
}
