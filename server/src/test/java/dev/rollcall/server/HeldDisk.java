package dev.rollcall.server;

import dev.rollcall.raft.log.Disk;
import java.util.concurrent.CountDownLatch;

/** Real disks whose forces wait from {@link #hold} until {@link #release}: they stand still. */
final class HeldDisk {
  private volatile CountDownLatch gate = new CountDownLatch(0);

  void hold() {
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  Disk over(Disk disk) {
    return InterceptedDisk.over(disk, () -> gate.await());
  }
}
