package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.server.api.EncodedStream;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.util.List;

/**
 * A WatchResponse, encoded in slices: which watches are told, and what, which other streams may
 * share.
 */
record WatchMessage(List<ByteString> slices) {
  /** Writes the slices one behind the other. */
  enum Marshaller implements MethodDescriptor.Marshaller<WatchMessage> {
    MARSHALLER;

    @Override
    public InputStream stream(WatchMessage message) {
      return new EncodedStream(message.slices);
    }

    @Override
    public WatchMessage parse(InputStream stream) {
      throw new UnsupportedOperationException("a server reads no answers");
    }
  }
}
