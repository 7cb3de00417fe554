package dev.rollcall.client.registration;

import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.Futures;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An instance that is kept registered until its handle is closed. It is kept alive by the client,
 * and registered again under a higher incarnation when the registry lost it. Whoever registers the
 * same instance later takes its place: the earlier handle becomes FAILED rather than fight. Any
 * thread; methods do not block unless they say so.
 */
public final class Registration implements AutoCloseable {
  static final Duration GRACE_MIN = Duration.ofSeconds(1);
  private static final Duration GRACE_MAX = Duration.ofHours(24);
  private static final Duration CLOSE_SLACK = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Executor callbacks;
  private final RegistrationCycle cycle;
  private final Duration closeTimeout;
  private final List<Consumer<RegistrationState>> listeners = new CopyOnWriteArrayList<>();
  private volatile RegistrationState state = RegistrationState.REGISTERING;
  private volatile CompletableFuture<Void> registered = new CompletableFuture<>();
  private volatile ServiceInstance instance;
  private volatile long revision;
  private volatile @Nullable RegistryException lastFailure;

  Registration(Registrations.Wiring wiring, ServiceInstance instance, Duration ttl) {
    this.loop = wiring.loop();
    this.callbacks = wiring.callbacks();
    this.closeTimeout = wiring.closeTimeout();
    this.instance = instance;
    this.cycle = new RegistrationCycle(wiring, this, instance, ttl);
  }

  void start() {
    loop.execute(cycle::start);
  }

  /** What is registered, as last asked for. */
  public ServiceInstance instance() {
    return instance;
  }

  /** Where it stands. */
  public RegistrationState state() {
    return state;
  }

  /** Revision of the last acknowledged registration or change of it; 0 before the first. */
  public long revision() {
    return revision;
  }

  /** Why the last attempt to register, change or deregister did not succeed. */
  public Optional<RegistryException> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }

  /**
   * Calls the listener after each change of state, in order, on the client's callback thread. A
   * listener that blocks delays the other callbacks of the client, and nothing else.
   */
  public void onStateChange(Consumer<RegistrationState> listener) {
    listeners.add(listener);
  }

  /**
   * Waits until the state is REGISTERED. Blocks.
   *
   * @return false when time ran out; attempts go on
   * @throws RegistryException when it was refused for good
   * @throws IllegalStateException when it was closed
   */
  public boolean awaitRegistered(Duration timeout) throws InterruptedException {
    try {
      loop.await(registered, timeout);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RegistryException failure) {
        throw failure;
      }
      throw new IllegalStateException("the registration was closed", e.getCause());
    }
  }

  /**
   * Changes what the instance reports about itself, now or as soon as it is registered; the last
   * one asked for wins, and outlives a lost lease.
   */
  public void status(InstanceStatus status) {
    var unused = change(status);
  }

  /** As {@link #status}; completes on the callback thread with the revision of the change. */
  public CompletableFuture<Long> statusConfirmed(InstanceStatus status) {
    return change(status);
  }

  /**
   * Has the instance take nothing new until its grace is over, now or as soon as it is registered;
   * then it is taken for terminating. Whoever looks it up sees OUT_OF_SERVICE meanwhile; it stays
   * registered until {@link #close}, and outlives a lost lease. There is no way back: a program
   * that drains is about to end.
   *
   * @param grace 1 s to 24 h
   * @return completes on the callback thread with the revision from which on it drains: callers
   *     with a cache of that revision come no more
   * @throws RegistryException.InvalidRequest when the grace is out of range
   */
  public CompletableFuture<Long> drain(Duration grace) {
    if (grace.compareTo(GRACE_MIN) < 0 || grace.compareTo(GRACE_MAX) > 0) {
      throw new RegistryException.InvalidRequest(
          Reason.INVALID_REQUEST, "grace must be 1 s to 24 h, not " + grace.toMillis() + " ms");
    }
    var changed = new CompletableFuture<Long>();
    loop.execute(() -> cycle.drain(grace, changed));
    return changed;
  }

  private CompletableFuture<Long> change(InstanceStatus status) {
    if (status == InstanceStatus.UNKNOWN) {
      throw new IllegalArgumentException("an instance cannot report UNKNOWN");
    }
    var changed = new CompletableFuture<Long>();
    loop.execute(() -> cycle.status(status, changed));
    return changed;
  }

  /**
   * Removes the instance and closes the handle. The future completes on the callback thread within
   * the client's close timeout: with nothing when the registry confirmed that the instance is gone,
   * else with a {@link RegistryException}; then its lease ends by itself.
   */
  public CompletableFuture<Void> deregister() {
    return Futures.shownOn(callbacks, end());
  }

  /**
   * Removes the instance and closes the handle. Blocks for the client's close timeout at most; does
   * not throw when the registry could not be reached, since the lease then ends by itself.
   */
  @Override
  public void close() {
    try {
      loop.await(end(), closeTimeout.plus(CLOSE_SLACK));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      // lastFailure() tells, for whoever wants to know.
      return;
    }
  }

  /** Completes on the loop. */
  CompletableFuture<Void> end() {
    var gone = new CompletableFuture<Void>();
    loop.execute(() -> cycle.close(gone));
    return gone;
  }

  /** On the loop. */
  void failure(RegistryException failure) {
    lastFailure = failure;
  }

  /** On the loop. */
  void acknowledged(long atRevision) {
    revision = atRevision;
  }

  /** On the loop. */
  void wanted(ServiceInstance newInstance) {
    instance = newInstance;
  }

  /** On the loop: publishes a state and tells the listeners. */
  void moveTo(RegistrationState next) {
    if (state == next) {
      return;
    }
    state = next;
    if (next == RegistrationState.REGISTERED) {
      registered.complete(null);
    } else {
      if (registered.isDone()) {
        registered = new CompletableFuture<>();
      }
      RegistryException failure = lastFailure;
      if (next == RegistrationState.FAILED && failure != null) {
        registered.completeExceptionally(failure);
      } else if (next == RegistrationState.CLOSED) {
        registered.completeExceptionally(new IllegalStateException("closed"));
      }
    }
    for (Consumer<RegistrationState> listener : listeners) {
      callbacks.execute(() -> listener.accept(next));
    }
  }
}
