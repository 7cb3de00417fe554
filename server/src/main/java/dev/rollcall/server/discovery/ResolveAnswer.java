package dev.rollcall.server.discovery;

import com.google.protobuf.ByteString;
import dev.rollcall.server.api.EncodedStream;
import dev.rollcall.v1.ResolveResponse;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.util.List;

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
      return new EncodedStream(List.of(answer.head.toByteString(), answer.instances));
    }

    @Override
    public ResolveAnswer parse(InputStream stream) {
      throw new UnsupportedOperationException("a server reads no answers");
    }
  }
}
