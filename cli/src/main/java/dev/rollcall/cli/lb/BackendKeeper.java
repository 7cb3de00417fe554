package dev.rollcall.cli.lb;

import dev.rollcall.cli.lb.LoadBalancerException.Kind;
import dev.rollcall.client.cache.CacheView;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps the backends of one load balancer as the registry says: looks at what is there and takes
 * the steps to what should be, at every change and at least every {@value #PERIOD_MILLIS} ms, so
 * that a reload, or somebody's hand, is put right as well. What is not known for sure empties
 * nothing. One thread runs it; {@link #changed} and {@link #stop} any.
 */
public final class BackendKeeper {
  /** How long a reloaded balancer is without its servers at most. A look costs it a millisecond. */
  static final long PERIOD_MILLIS = 250;

  private final LoadBalancer balancer;
  private final List<PoolKeeper> pools;
  private final Journal journal;
  private final Hosts hosts;

  /** Whether there is something to do before the period is over. */
  private final Semaphore changes = new Semaphore(0);

  private String process = "";
  private boolean hasWorked;
  private String trouble = "";
  private long resyncs;
  private volatile boolean isStopped;

  /**
   * What one backend is fed from.
   *
   * @param service for people
   * @param view what is known of it now
   */
  public record Pool(String backend, String service, Supplier<CacheView> view) {}

  /** Hears what is done. On the keeper's thread. */
  public interface Journal {
    /** A step was taken, because of what the registry said up to that revision. */
    void taken(Pool pool, Step step, long revision);

    /** Something that an operator should know, in one line. */
    void noted(String line);
  }

  /**
   * How it stands.
   *
   * @param serving servers that get new traffic
   * @param servers of ours, in all backends
   * @param stepsTaken since the start
   * @param resyncs how often the balancer was another process than before
   * @param isUpToDate whether the balancer answers, and all that is known of the services is fresh
   */
  public record Totals(
      int serving, int servers, long stepsTaken, long resyncs, boolean isUpToDate) {}

  /**
   * Does nothing yet.
   *
   * @param lookups where host names are looked up, which blocks
   */
  public BackendKeeper(
      LoadBalancer balancer,
      List<Pool> pools,
      Selection selection,
      Executor lookups,
      Journal journal) {
    this.balancer = balancer;
    this.pools = pools.stream().map(pool -> new PoolKeeper(pool, selection, journal)).toList();
    this.journal = journal;
    hosts = new Hosts(InetAddress::getAllByName, lookups, System::nanoTime, this::changed);
  }

  /**
   * Goes on until it is stopped.
   *
   * @param summary how often to tell how it stands; zero for never
   * @param told hears it
   * @throws LoadBalancerException when it never worked and cannot before somebody changes something
   */
  public void run(Duration summary, Consumer<Totals> told) throws InterruptedException {
    long last = System.nanoTime();
    while (!isStopped) {
      pass();
      if (!summary.isZero() && System.nanoTime() - last >= summary.toNanos()) {
        last = System.nanoTime();
        told.accept(totals());
      }
      if (changes.tryAcquire(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
        changes.drainPermits();
      }
    }
  }

  /**
   * Does what is to be done now, and ends.
   *
   * @param patience for host names to be looked up
   * @return whether the balancer took every step, or put it off
   * @throws LoadBalancerException when something kept it from being done
   */
  public boolean once(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean isComplete;
    do {
      passOrFail();
      isComplete = !hosts.isLookingUp();
      if (!isComplete && changes.tryAcquire(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
        changes.drainPermits();
      }
    } while (!isComplete && System.nanoTime() - deadline < 0);
    return pools.stream().noneMatch(PoolKeeper::isRefused);
  }

  /** Something may have changed: looks at once. */
  public void changed() {
    changes.release();
  }

  /** Ends {@link #run} after the look that is under way. */
  public void stop() {
    isStopped = true;
    changed();
  }

  /** How it stood at the last look. The keeper's thread. */
  public Totals totals() {
    return new Totals(
        pools.stream().mapToInt(PoolKeeper::serving).sum(),
        pools.stream().mapToInt(PoolKeeper::servers).sum(),
        pools.stream().mapToLong(PoolKeeper::stepsTaken).sum(),
        resyncs,
        trouble.isEmpty() && pools.stream().allMatch(PoolKeeper::isLive));
  }

  /** One look at everything; what goes wrong is noted, unless it never worked. */
  void pass() {
    try {
      passOrFail();
      hasWorked = true;
      if (!trouble.isEmpty()) {
        trouble = "";
        journal.noted("the load balancer takes changes again");
      }
    } catch (LoadBalancerException e) {
      if (e.kind() == Kind.MISCONFIGURED && !hasWorked) {
        throw e;
      }
      if (!trouble.equals(e.getMessage())) {
        trouble = String.valueOf(e.getMessage());
        journal.noted(trouble);
      }
    }
  }

  private void passOrFail() {
    var failures = new ArrayList<LoadBalancerException>();
    try (LoadBalancer.Session session = balancer.open()) {
      String now = session.process();
      if (!process.isEmpty() && !process.equals(now)) {
        resyncs++;
        journal.noted("the load balancer was reloaded or restarted: it is told everything again");
      }
      process = now;
      for (PoolKeeper pool : pools) {
        try {
          pool.pass(session, hosts);
        } catch (LoadBalancerException e) {
          if (e.kind() != Kind.MISCONFIGURED) {
            throw e;
          }
          failures.add(e); // which is no reason to leave the other backends alone
        }
      }
    }
    hosts.forgetOthers();
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }
}
