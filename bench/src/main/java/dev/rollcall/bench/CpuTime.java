package dev.rollcall.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What cores were busy with. */
final class CpuTime {
  private CpuTime() {}

  /** Of all threads of this process. */
  static long ofProcessNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Of the calling thread. */
  static long ofThreadNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
