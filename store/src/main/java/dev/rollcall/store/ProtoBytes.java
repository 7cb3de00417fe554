package dev.rollcall.store;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Encodes messages so that equal ones give equal bytes: maps in order of key. */
final class ProtoBytes {
  private ProtoBytes() {}

  static byte[] of(MessageLite message) {
    var bytes = new byte[message.getSerializedSize()];
    var out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array has no I/O errors", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
