package dev.rollcall.client.lock;

import dev.rollcall.client.Leases;
import dev.rollcall.client.keepalive.LeaseKeeper;
import dev.rollcall.client.keys.KeyValues;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.watch.Watches;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Makes locks and elections; for the client. Any thread. */
public final class Contests {
  private final Wiring wiring;

  /** Takes part in nothing yet. */
  public Contests(Wiring wiring) {
    this.wiring = wiring;
  }

  /**
   * What they need of their client.
   *
   * @param callbacks runs what users hear
   * @param timeout of one request
   */
  public record Wiring(
      EventLoop loop,
      Executor callbacks,
      LeaseKeeper keeper,
      Watches watches,
      Leases leases,
      KeyValues keys,
      String namespace,
      Duration timeout) {}

  /** A lock of that name. */
  public Lock lock(String name, Duration ttl) {
    return new Lock(new Contest(wiring, "locks/" + name + '/', ttl));
  }

  /** An election of that name. */
  public LeaderElection election(String name, Duration ttl) {
    return new LeaderElection(new Contest(wiring, "elections/" + name + '/', ttl));
  }
}
