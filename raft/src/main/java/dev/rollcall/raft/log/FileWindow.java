package dev.rollcall.raft.log;

import dev.rollcall.raft.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads ahead in files, so that small batches one behind the other cost one read together. One
 * thread at a time. What is in the window is as old as its read: {@link #forget} before looking at
 * anything written since.
 */
final class FileWindow {
  private final int bytesPreferred;
  private ByteBuffer buffer;
  private @Nullable DiskFile file;
  private long start;
  private int filled;

  FileWindow(int bytesPreferred) {
    this.bytesPreferred = bytesPreferred;
    this.buffer = ByteBuffer.allocateDirect(bytesPreferred);
  }

  /**
   * The bytes of the file from {@code position} on: {@code length} of them, or fewer where the file
   * ends. They are between position and limit of the window's own buffer, until the next call.
   */
  ByteBuffer at(DiskFile from, long position, int length) throws IOException {
    boolean inside = from.equals(file) && position >= start && position + length <= start + filled;
    if (!inside) {
      fill(from, position, length);
    }
    int offset = (int) (position - start);
    return buffer.limit(Math.min(offset + length, filled)).position(offset);
  }

  void forget() {
    file = null;
    if (buffer.capacity() > bytesPreferred) {
      buffer = ByteBuffer.allocateDirect(bytesPreferred);
    }
  }

  private void fill(DiskFile from, long position, int length) throws IOException {
    if (length > buffer.capacity()) {
      buffer = ByteBuffer.allocateDirect(length);
    }
    file = null;
    buffer.clear();
    filled = from.read(buffer, position);
    start = position;
    file = from;
  }
}
