package dev.rollcall.store.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Writes a message that may be long in parts, each of which begins with the same fields. */
final class WireParts {
  private final int bytesMax;
  private final MessageLite head;
  private final List<ByteString> parts = new ArrayList<>(1);
  private ByteString.Output bytes = ByteString.newOutput();
  private CodedOutputStream out = CodedOutputStream.newInstance(bytes);
  private boolean isBegun;

  WireParts(int bytesMax, MessageLite head) {
    this.bytesMax = bytesMax;
    this.head = head;
    begin();
  }

  /** A message as a field. */
  void add(int field, MessageLite message) {
    write(
        CodedOutputStream.computeMessageSize(field, message),
        () -> out.writeMessage(field, message));
  }

  /** A string as a field. */
  void add(int field, String text) {
    write(CodedOutputStream.computeStringSize(field, text), () -> out.writeString(field, text));
  }

  /** True as a field. */
  void add(int field) {
    write(CodedOutputStream.computeBoolSize(field, true), () -> out.writeBool(field, true));
  }

  /** The parts; nothing can be added any more. */
  List<ByteString> all() {
    end();
    return List.copyOf(parts);
  }

  private interface Write {
    void run() throws IOException;
  }

  private void write(int size, Write write) {
    if (isBegun && out.getTotalBytesWritten() + size > bytesMax) {
      end();
      bytes = ByteString.newOutput();
      out = CodedOutputStream.newInstance(bytes);
      begin();
    }
    isBegun = true;
    run(write);
  }

  private void begin() {
    isBegun = false;
    run(() -> head.writeTo(out));
  }

  private void end() {
    run(out::flush);
    parts.add(bytes.toByteString());
  }

  private static void run(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      throw new UncheckedIOException("memory", e);
    }
  }
}
