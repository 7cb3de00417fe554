package dev.rollcall.server.gateway.eureka;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made when somebody first wants it, once: others wait for it meanwhile. Any
 * thread, virtual ones too: none is pinned.
 */
final class Once<T> implements Supplier<T> {
  private final ReentrantLock making = new ReentrantLock();
  private final Supplier<T> maker;
  private volatile @Nullable T value;

  Once(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public T get() {
    var made = value;
    if (made != null) {
      return made;
    }
    making.lock();
    try {
      made = value;
      if (made == null) {
        made = maker.get();
        value = made;
      }
      return made;
    } finally {
      making.unlock();
    }
  }
}
