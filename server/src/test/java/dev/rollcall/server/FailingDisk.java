package dev.rollcall.server;

import dev.rollcall.raft.log.Disk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Real disks whose forces begin to fail when told to. */
final class FailingDisk {
  volatile boolean fails;

  Disk over(Disk disk) {
    return wrap(Disk.class, disk);
  }

  private <T> T wrap(Class<T> type, T beneath) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (fails && method.getName().equals("force")) {
                throw new IOException("the plug was pulled");
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
