package dev.rollcall.server;

import dev.rollcall.store.RegistryStore;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Three threads that do the same thing over and over: {@code tick} keeps the node's deadlines,
 * every 20 ms; {@code flush} makes the store durable, every 60 s; {@code space} looks after the
 * room on the disk, every second. Three, because a flush takes as long as the disk does, and
 * neither deadlines nor the last of the room must wait for it. An exception on any ends the node.
 */
final class Maintenance implements AutoCloseable {
  static final Duration TICK = Duration.ofMillis(20);
  static final Duration FLUSH = Duration.ofSeconds(60);
  static final Duration SPACE = Duration.ofSeconds(1);

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Consumer<Throwable> fatal;
  private final Thread tick;
  private final Thread flush;
  private final Thread space;

  private Maintenance(
      Runnable deadlines, RegistryStore store, Runnable room, Consumer<Throwable> fatal) {
    this.fatal = fatal;
    tick = Thread.ofPlatform().name("tick").unstarted(() -> repeat(TICK, deadlines));
    flush = Thread.ofPlatform().name("flush").unstarted(() -> repeat(FLUSH, store::flush));
    space = Thread.ofPlatform().name("space").unstarted(() -> repeat(SPACE, room));
  }

  static Maintenance start(
      Runnable deadlines, RegistryStore store, Runnable room, Consumer<Throwable> fatal) {
    var maintenance = new Maintenance(deadlines, store, room, fatal);
    maintenance.tick.start();
    maintenance.flush.start();
    maintenance.space.start();
    return maintenance;
  }

  @Override
  public void close() {
    stopping.countDown();
    join(tick);
    join(flush);
    join(space);
  }

  private void repeat(Duration period, Runnable task) {
    try {
      while (!stopping.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
        task.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      fatal.accept(e);
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
