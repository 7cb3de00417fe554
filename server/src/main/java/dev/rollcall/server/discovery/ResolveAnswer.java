package dev.rollcall.server.discovery;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.rollcall.v1.ResolveResponse;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a lookup, part of it already encoded. On the wire the two are one message, as one
 * message is its fields one behind the other.
 *
 * @param head the fields that differ from answer to answer, and instances that were chosen for it
 * @param instances further instances, as the field of the message
 */
record ResolveAnswer(ResolveResponse head, ByteString instances) {
  /** Writes an answer without looking at each instance. */
  enum Marshaller implements MethodDescriptor.Marshaller<ResolveAnswer> {
    MARSHALLER;

    @Override
    public InputStream stream(ResolveAnswer answer) {
      return new Encoded(answer);
    }

    @Override
    public ResolveAnswer parse(InputStream stream) {
      throw new UnsupportedOperationException("a server reads no answers");
    }
  }

  /** The message: gRPC asks for its length, then has it drained; a stream for who does not. */
  private static final class Encoded extends InputStream implements Drainable, KnownLength {
    private final ResolveAnswer answer;
    private final int length;
    private @Nullable InputStream left;

    Encoded(ResolveAnswer answer) {
      this.answer = answer;
      length = answer.head.getSerializedSize() + answer.instances.size();
    }

    @Override
    public int available() throws IOException {
      return left == null ? length : left.available();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      answer.head.writeTo(target);
      // writeTo would hand out a copy: it does not know that gRPC only reads.
      UnsafeByteOperations.unsafeWriteTo(answer.instances, new Drain(target));
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
        begun =
            new SequenceInputStream(
                answer.head.toByteString().newInput(), answer.instances.newInput());
        left = begun;
      }
      return begun;
    }
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
