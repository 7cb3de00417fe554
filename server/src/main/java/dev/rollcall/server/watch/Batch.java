package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Deltas or revisions on their way into one message: as many as there are, up to a size. */
final class Batch {
  /**
   * Size of a message, unless one part alone is larger. With what gRPC takes before it says "not
   * ready" (32 KiB) this bounds what a stream that is not read can hold.
   */
  static final int BYTES_MAX = 32 << 10;

  private final int field;
  private final List<ByteString> slices = new ArrayList<>();
  private int bytes;

  /** For a message whose content is this field of WatchResponse. */
  Batch(int field) {
    this.field = field;
    // In this place the field is begun, once its length is known.
    slices.add(ByteString.EMPTY);
  }

  /** Whether so much more still fits in; the first always does. */
  boolean takes(int more) {
    return bytes == 0 || bytes + more <= BYTES_MAX;
  }

  void add(ByteString slice) {
    slices.add(slice);
    bytes += slice.size();
  }

  Feed.Message message() {
    slices.set(
        0,
        write(out -> {
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt32NoTag(bytes);
        }));
    return new Feed.Message(slices);
  }

  /** Writes a few bytes. */
  interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  static ByteString write(Writing writing) {
    var bytes = ByteString.newOutput(32);
    try {
      var out = CodedOutputStream.newInstance(bytes, 64);
      writing.to(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory", e);
    }
    return bytes.toByteString();
  }
}
