package dev.rollcall.server;

import dev.rollcall.raft.log.Disk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A real disk on which something else happens before each force. */
final class InterceptedDisk {
  private InterceptedDisk() {}

  /** What happens first; a force that throws here is not tried. */
  @FunctionalInterface
  interface BeforeForce {
    void run() throws IOException, InterruptedException;
  }

  static Disk over(Disk disk, BeforeForce before) {
    return wrap(Disk.class, disk, before);
  }

  private static <T> T wrap(Class<T> type, T beneath, BeforeForce before) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getName().startsWith("force")) {
                before.run();
              }
              try {
                Object result = method.invoke(beneath, arguments);
                return result instanceof Disk.DiskFile file
                    ? wrap(Disk.DiskFile.class, file, before)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
