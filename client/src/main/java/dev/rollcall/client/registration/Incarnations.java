package dev.rollcall.client.registration;

import dev.rollcall.client.transport.EventLoop;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers the lives of instances: the wall clock in microseconds, never the same twice. */
public final class Incarnations {
  private final EventLoop loop;
  private final AtomicLong last = new AtomicLong();

  /** Has given out none yet. */
  public Incarnations(EventLoop loop) {
    this.loop = loop;
  }

  /** A number above all given out before. Any thread. */
  public long next() {
    long wallMicros = loop.wallMicros();
    return last.updateAndGet(it -> Math.max(it + 1, wallMicros));
  }
}
