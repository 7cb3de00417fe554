package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.log.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything a reader finds on a disk at one moment; two are equal when a crash took nothing away.
 */
record DiskImage(Map<String, ByteBuffer> files) {
  static DiskImage of(Disk disk) {
    var files = new TreeMap<String, ByteBuffer>();
    try {
      for (String name : disk.list()) {
        try (var file = disk.open(name)) {
          var content = ByteBuffer.allocate((int) file.sizeBytes());
          file.read(content, 0);
          files.put(name, content.flip());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a disk in memory cannot be read", e);
    }
    return new DiskImage(files);
  }
}
