package dev.rollcall.server;

import dev.rollcall.raft.log.Disk;
import java.io.IOException;

/** Real disks whose forces begin to fail when told to. */
final class FailingDisk {
  volatile boolean fails;

  Disk over(Disk disk) {
    return InterceptedDisk.over(disk, this::failIfTold);
  }

  private void failIfTold() throws IOException {
    if (fails) {
      throw new IOException("the plug was pulled");
    }
  }
}
