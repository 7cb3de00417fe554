package dev.rollcall.client.registration;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.keepalive.LeaseKeeper;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.UnaryCalls;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** All registrations of one client. Any thread. */
public final class Registrations {
  /**
   * What a registration works with.
   *
   * @param incarnations numbers the lives of instances
   * @param callbacks where user code runs
   * @param callTimeout for one request; an unanswered one is repeated
   * @param closeTimeout for a deregistration at the end
   */
  public record Wiring(
      EventLoop loop,
      Incarnations incarnations,
      Executor callbacks,
      UnaryCalls calls,
      LeaseKeeper keeper,
      Duration callTimeout,
      Duration closeTimeout) {}

  private final Wiring wiring;
  private final Set<Registration> open = ConcurrentHashMap.newKeySet();

  /** Has none yet. */
  public Registrations(Wiring wiring) {
    this.wiring = wiring;
  }

  /** Starts to register. The instance names its namespace. */
  public Registration register(ServiceInstance instance, Duration ttl) {
    var registration = new Registration(wiring, instance, ttl);
    open.removeIf(it -> it.state() == RegistrationState.CLOSED);
    open.add(registration);
    registration.start();
    return registration;
  }

  /** Deregisters all; completes when all are done, one way or the other. */
  public CompletableFuture<Void> close() {
    return CompletableFuture.allOf(
        open.stream()
            .map(it -> it.end().exceptionally(failure -> null))
            .toArray(CompletableFuture<?>[]::new));
  }
}
