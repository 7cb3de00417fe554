package dev.rollcall.server;

import dev.rollcall.raft.log.Disk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
    return wrap(Disk.class, disk);
  }

  private <T> T wrap(Class<T> type, T beneath) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getName().startsWith("force")) {
                gate.await();
              }
              try {
                Object result = method.invoke(beneath, arguments);
                return result instanceof Disk.DiskFile file
                    ? wrap(Disk.DiskFile.class, file)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
