package dev.rollcall.raft.driver;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Gives a {@link RaftNode} its four threads, raft, log, apply and snapshot, and nothing else. Each
 * turns its part until that is idle, and then parks until somebody brings work or the next tick is
 * due.
 *
 * <p>Whatever a part throws stops all of them at once and goes to the fatal handler: a node whose
 * disk or logic failed must not go on in part. No thread is ever interrupted, since that would
 * close the log's files under it.
 */
public final class RaftDriver implements AutoCloseable {
  private final RaftNode<?> node;
  private final Consumer<Throwable> fatal;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final PartThread raft;
  private final PartThread log;
  private final PartThread apply;
  private final PartThread snapshot;

  private RaftDriver(RaftNode<?> node, Consumer<Throwable> fatal) {
    this.node = node;
    this.fatal = fatal;
    raft = new PartThread("raft", node.raftLoop(), () -> {});
    log = new PartThread("log", node.logWriter(), () -> drain(node.logWriter()));
    apply = new PartThread("apply", node.applier(), this::closeMachine);
    snapshot = new PartThread("snapshot", node.snapshots(), node.snapshots()::close);
  }

  /**
   * Starts the threads.
   *
   * @param fatal called once, on the thread that failed, when the node must stop. The other threads
   *     stop on their own; the state machine is not closed
   */
  public static RaftDriver start(RaftNode<?> node, Consumer<Throwable> fatal) {
    RaftDriver driver = new RaftDriver(node, fatal);
    driver.raft.start();
    driver.log.start();
    driver.apply.start();
    driver.snapshot.start();
    return driver;
  }

  /**
   * Stops the node in order and waits for it: no more passes, then everything handed to the log is
   * forced, then everything handed to the state machine is applied and it is closed. Listeners that
   * were not called will not be. Does nothing the second time, and waits for no thread of its own
   * when called by one.
   */
  @Override
  public void close() {
    raft.stop();
    log.stop();
    apply.stop();
    // Last: what it holds may be in the state machine's hands until that has stopped.
    snapshot.stop();
  }

  private void closeMachine() {
    drain(node.applier());
    if (!failed.get()) {
      node.applier().close();
    }
  }

  private void drain(Part part) {
    boolean worked = true;
    while (worked && !failed.get()) {
      worked = part.runOnce();
    }
  }

  private void fail(Throwable cause) {
    if (failed.compareAndSet(false, true)) {
      raft.wakeUp();
      log.wakeUp();
      apply.wakeUp();
      snapshot.wakeUp();
      fatal.accept(cause);
    }
  }

  private final class PartThread {
    private final Part part;
    private final Runnable lastTurns;
    private final Thread thread;

    /**
     * Set by every ring, cleared before every turn: a ring during a turn forbids parking after it.
     */
    private final AtomicBoolean rung = new AtomicBoolean();

    private volatile boolean stopping;

    private PartThread(String name, Part part, Runnable lastTurns) {
      this.part = part;
      this.lastTurns = lastTurns;
      this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    private void start() {
      part.onWork(this::wakeUp);
      thread.start();
    }

    private void wakeUp() {
      if (!rung.getAndSet(true)) {
        LockSupport.unpark(thread);
      }
    }

    private void run() {
      try {
        while (!stopping && !failed.get()) {
          rung.set(false);
          if (!part.runOnce() && !rung.get()) {
            LockSupport.parkNanos(this, part.idleNanosMax());
          }
        }
        if (!failed.get()) {
          lastTurns.run();
        }
      } catch (Throwable cause) {
        fail(cause);
      }
    }

    private void stop() {
      stopping = true;
      wakeUp();
      if (Thread.currentThread() != thread) {
        joinUninterruptibly();
      }
    }

    /** An interrupted closer still waits: what is half stopped cannot be closed underneath. */
    private void joinUninterruptibly() {
      boolean interrupted = false;
      while (thread.isAlive()) {
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
}
