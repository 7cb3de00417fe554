package dev.rollcall.server.api;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that is encoded already, in slices which others may share: gRPC asks for its length,
 * then has it drained without a copy of a slice being made; a stream for who does not.
 */
public final class EncodedStream extends InputStream implements Drainable, KnownLength {
  private final List<ByteString> slices;
  private final int length;
  private @Nullable InputStream left;

  /** One message, as the slices one behind the other. */
  public EncodedStream(List<ByteString> slices) {
    this.slices = slices;
    int bytes = 0;
    for (ByteString slice : slices) {
      bytes += slice.size();
    }
    length = bytes;
  }

  @Override
  public int available() throws IOException {
    return left == null ? length : left.available();
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    var drain = new Drain(target);
    for (ByteString slice : slices) {
      // writeTo would hand out a copy: it does not know that gRPC only reads.
      UnsafeByteOperations.unsafeWriteTo(slice, drain);
    }
    return length;
  }

  @Override
  public int read() throws IOException {
    return stream().read();
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    return stream().read(bytes, from, count);
  }

  private InputStream stream() {
    var begun = left;
    if (begun == null) {
      begun = ByteString.copyFrom(slices).newInput();
      left = begun;
    }
    return begun;
  }

  /** Into a stream that copies what it is given before it returns, and changes none of it. */
  private static final class Drain extends ByteOutput {
    private final OutputStream target;

    Drain(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(byte value) throws IOException {
      target.write(value);
    }

    @Override
    public void write(byte[] value, int from, int count) throws IOException {
      target.write(value, from, count);
    }

    @Override
    public void writeLazy(byte[] value, int from, int count) throws IOException {
      target.write(value, from, count);
    }

    @Override
    public void write(ByteBuffer value) throws IOException {
      var bytes = new byte[value.remaining()];
      value.get(bytes);
      target.write(bytes);
    }

    @Override
    public void writeLazy(ByteBuffer value) throws IOException {
      write(value);
    }
  }
}
