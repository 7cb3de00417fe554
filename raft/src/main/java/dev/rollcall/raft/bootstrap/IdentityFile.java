package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The file {@code identity} of a data directory; replaced as a whole, and durable on return. */
final class IdentityFile {
  static final String NAME = "identity";

  private static final String UNNAMED = "identity.tmp";

  private final Disk directory;

  IdentityFile(Disk directory) {
    this.directory = directory;
  }

  Optional<NodeIdentity> read() {
    try {
      if (!directory.list().contains(NAME)) {
        return Optional.empty();
      }
      try (DiskFile file = directory.open(NAME)) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.sizeBytes()));
        file.read(bytes, 0);
        return Optional.of(IdentityCodec.decode(directory.path(NAME), bytes.array()));
      }
    } catch (IOException e) {
      throw new BootstrapRefused(Reason.DISK, "can not read " + where(e), e);
    }
  }

  void write(NodeIdentity identity) {
    byte[] bytes = IdentityCodec.encode(identity);
    try {
      directory.delete(UNNAMED);
      try (DiskFile file = directory.create(UNNAMED, bytes.length)) {
        file.write(ByteBuffer.wrap(bytes), 0);
        file.force();
      }
      directory.rename(UNNAMED, NAME);
      directory.forceDirectory();
    } catch (IOException e) {
      throw new BootstrapRefused(Reason.DISK, "can not write " + where(e), e);
    }
  }

  private String where(IOException e) {
    return directory.path(NAME) + ": " + e;
  }
}
