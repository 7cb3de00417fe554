package dev.rollcall.raft.log;

import dev.rollcall.raft.log.Disk.DiskFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that wait to become segments: one that is being made when there is no other, and up to
 * {@link #KEPT_MAX} that were segments until their entries were dropped. Owned by the log writer.
 *
 * <p>A dropped segment may still be read through an older {@link LogView}. It loses its name at
 * once, but is closed or written to only after {@link #settle}.
 */
final class SpareSegments {
  /** So many are kept: one for the next roll, one for the roll after it. */
  static final int KEPT_MAX = 2;

  private static final String FRESH = "fresh.spare";
  private static final Pattern NAME = Pattern.compile("fresh\\.spare|\\d{16}\\.spare");

  private final Disk disk;
  private final long segmentBytes;
  private final Deque<SpareSegment> ready = new ArrayDeque<>();
  private final List<SpareSegment> unsettled = new ArrayList<>();
  private final List<DiskFile> deleted = new ArrayList<>();
  private @Nullable SpareSegment growing;

  SpareSegments(Disk disk, LogConfig config) {
    this.disk = disk;
    this.segmentBytes = config.segmentBytes();
  }

  /** Takes what an earlier process has left; what is not whole, or too much, is deleted. */
  void adopt() throws IOException {
    for (String name : disk.list()) {
      if (NAME.matcher(name).matches() && !adopt(name)) {
        disk.delete(name);
      }
    }
  }

  /**
   * Makes a piece of the next one; returns whether that was done. A write that fails is no failure
   * of the log, be it for want of room or for worse: a spare has nothing in it yet, the piece is
   * written again before the file is used, and where that fails too the roll stops the node.
   */
  boolean prepare() throws IOException {
    if (isReady()) {
      return false;
    }
    try {
      growing().grow(segmentBytes);
    } catch (IOException notNow) {
      return false;
    }
    growing().force();
    if (growing().isReady(segmentBytes)) {
      disk.forceDirectory();
      ready.add(growing());
      growing = null;
    }
    return true;
  }

  /**
   * Whether the next segment is made more slowly than {@code usedBytes} of the present one were.
   */
  boolean isDue(long usedBytes) {
    long made = growing == null ? 0 : growing.allocatedBytes();
    return !isReady() && made < Math.min(usedBytes, segmentBytes);
  }

  /** A file of at least so many bytes, whatever is left to do for it. */
  SpareSegment take(long bytes) throws IOException {
    SpareSegment next = ready.poll();
    if (next == null) {
      next = growing();
      growing = null;
    }
    next.finish(bytes);
    return next;
  }

  /** A file that is whole already; none when there is none. */
  @Nullable SpareSegment poll() {
    return ready.poll();
  }

  /** Takes the names of these segments from them, oldest first, and keeps some of the files. */
  void recycle(List<Segment> dropped) throws IOException {
    for (Segment segment : dropped) {
      long bytes = segment.file().sizeBytes();
      if (bytes == segmentBytes && ready.size() + unsettled.size() < KEPT_MAX) {
        String name = segment.spareName();
        disk.rename(segment.name(), name);
        unsettled.add(SpareSegment.recycled(name, segment.file(), bytes));
      } else {
        disk.delete(segment.name());
        deleted.add(segment.file());
      }
      // One at a time: what a crash leaves is a log that begins later, never one with a hole.
      disk.forceDirectory();
    }
  }

  /** No reader holds a view from before the last {@link #recycle}. */
  void settle() throws IOException {
    for (DiskFile file : deleted) {
      file.close();
    }
    deleted.clear();
    ready.addAll(unsettled);
    unsettled.clear();
  }

  void close() throws IOException {
    settle();
    for (SpareSegment spare : ready) {
      spare.file().close();
    }
    if (growing != null) {
      growing.file().close();
    }
  }

  private boolean isReady() {
    return !ready.isEmpty();
  }

  private boolean adopt(String name) throws IOException {
    if (ready.size() == KEPT_MAX) {
      return false;
    }
    DiskFile file = disk.open(name);
    if (file.sizeBytes() != segmentBytes) {
      file.close();
      return false;
    }
    ready.add(SpareSegment.recycled(name, file, segmentBytes));
    return true;
  }

  private SpareSegment growing() throws IOException {
    if (growing == null) {
      growing = SpareSegment.create(disk, FRESH);
    }
    return growing;
  }
}
