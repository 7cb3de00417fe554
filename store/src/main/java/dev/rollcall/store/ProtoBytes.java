package dev.rollcall.store;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Encodes messages so that equal ones give equal bytes: maps in order of key. */
final class ProtoBytes {
  private ProtoBytes() {}

  /** Writes to an array. */
  interface Writer {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  static byte[] of(MessageLite message) {
    return of(message.getSerializedSize(), message::writeTo);
  }

  /** What the writer writes, which is so many bytes. */
  static byte[] of(int size, Writer writer) {
    var bytes = new byte[size];
    var out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      writer.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array has no I/O errors", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
