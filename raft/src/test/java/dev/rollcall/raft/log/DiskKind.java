package dev.rollcall.raft.log;

import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;

/** The disks that a log must work on alike. */
enum DiskKind {
  /** Files of a directory. */
  FILES {
    @Override
    Opened open(Path directory) {
      FileDisk disk = FileDisk.open(directory);
      return new Opened(disk, disk::close);
    }
  },
  /** {@link MemoryDisk}. */
  MEMORY {
    @Override
    Opened open(Path directory) {
      return new Opened(new MemoryDisk(Seeds.generator(1)), () -> {});
    }
  };

  /** Opens an empty disk; the directory is for those that need one. */
  abstract Opened open(Path directory);

  /** A disk in use. */
  record Opened(Disk disk, Closing closing) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      closing.close();
    }
  }

  /** How to let go of a disk. */
  @FunctionalInterface
  interface Closing {
    void close() throws IOException;
  }
}
