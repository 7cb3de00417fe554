package dev.rollcall.client.cache;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.watch.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What the watch told of one service, and the view of it that programs read. The two differ in one
 * case only: a set that became empty while it may be out of date is not shown.
 */
final class ServiceFeed implements WatchListener {
  private final EventLoop loop;
  private final Executor callbacks;
  private final String service;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final List<Conflated<CacheView>> listeners = new CopyOnWriteArrayList<>();
  private volatile CacheView view = CacheView.NOTHING;

  // Owned by the loop.
  private final TreeMap<String, ServiceInstance> instances = new TreeMap<>();
  private Optional<ServiceSpec> spec = Optional.empty();
  private long revision;
  private long serviceRevision;
  private boolean isLoaded;
  private boolean isFresh;
  private boolean isChanged;
  private String trouble = "";
  private boolean willPublish;

  ServiceFeed(EventLoop loop, Executor callbacks, String service) {
    this.loop = loop;
    this.callbacks = callbacks;
    this.service = service;
  }

  String service() {
    return service;
  }

  CacheView view() {
    return view;
  }

  boolean awaitReady(Duration timeout) throws InterruptedException {
    try {
      loop.await(ready, timeout);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the client was closed", e.getCause());
    }
  }

  void addListener(Object owner, Consumer<CacheChange> listener) {
    add(owner, new ChangeListener(listener));
  }

  void addStateListener(Object owner, Consumer<CacheState> listener) {
    add(owner, new StateListener(listener, view.state()));
  }

  private void add(Object owner, Consumer<CacheView> listener) {
    var conflated = new Conflated<CacheView>(callbacks, owner, this::view, listener);
    listeners.add(conflated);
    conflated.offer();
  }

  void removeListeners(Object owner) {
    for (Conflated<CacheView> listener : listeners) {
      if (listener.owner().equals(owner)) {
        listener.end();
      }
    }
    listeners.removeIf(it -> it.owner().equals(owner));
  }

  @Override
  public void specified(Optional<ServiceSpec> now) {
    spec = now;
  }

  @Override
  public void replaced(long newRevision, List<ServiceInstance> all) {
    instances.clear();
    all.forEach(it -> instances.put(it.id(), it));
    told(newRevision);
  }

  @Override
  public void changed(long newRevision, List<ServiceInstance> upserts, List<String> removedIds) {
    upserts.forEach(it -> instances.put(it.id(), it));
    removedIds.forEach(instances::remove);
    told(newRevision);
  }

  private void told(long newRevision) {
    isChanged = true;
    // That there is nobody is not taken from a node that may not hear its leader: it will say
    // which.
    isLoaded = isLoaded || !instances.isEmpty();
    serviceRevision = newRevision;
    progressed(newRevision);
  }

  @Override
  public void progressed(long newRevision) {
    revision = Math.max(revision, newRevision);
    publishSoon();
  }

  @Override
  public void historyChanged() {
    revision = 0;
  }

  @Override
  public void fresh() {
    isFresh = true;
    isLoaded = true;
    publishSoon();
  }

  @Override
  public void stale(String cause) {
    isFresh = false;
    trouble = cause;
    publishSoon();
  }

  /** After everything that already came in: a burst of changes makes one view. */
  private void publishSoon() {
    if (!willPublish) {
      willPublish = true;
      loop.execute(this::publish);
    }
  }

  private void publish() {
    willPublish = false;
    CacheView old = view;
    if (!isLoaded) {
      view = CacheView.empty(trouble);
    } else if (!isFresh && instances.isEmpty() && !old.instances().isEmpty()) {
      view = old.in(state(old.state()));
    } else {
      List<ServiceInstance> shown = isChanged ? List.copyOf(instances.values()) : old.instances();
      isChanged = false;
      view = new CacheView(shown, revision, serviceRevision, state(old.state()), spec);
    }
    if (isLoaded) {
      ready.complete(null);
    }
    listeners.forEach(Conflated::offer);
  }

  private CacheState state(CacheState old) {
    return isFresh ? new CacheState.Live() : CacheState.Degraded.after(old, trouble, loop);
  }

  void closed() {
    ready.completeExceptionally(new IllegalStateException("closed"));
  }

  /** Remembers what it told. Callback thread. */
  private static final class ChangeListener implements Consumer<CacheView> {
    private final Consumer<CacheChange> listener;
    private List<ServiceInstance> told = List.of();

    ChangeListener(Consumer<CacheChange> listener) {
      this.listener = listener;
    }

    @Override
    public void accept(CacheView view) {
      if (view.instances().equals(told)) {
        return;
      }
      CacheChange change = CacheChange.between(told, view.instances(), view.revision());
      told = view.instances();
      listener.accept(change);
    }
  }

  /** Remembers what it told. Callback thread. */
  private static final class StateListener implements Consumer<CacheView> {
    private final Consumer<CacheState> listener;
    private CacheState told;

    StateListener(Consumer<CacheState> listener, CacheState now) {
      this.listener = listener;
      this.told = now;
    }

    @Override
    public void accept(CacheView view) {
      if (!view.state().getClass().equals(told.getClass())) {
        told = view.state();
        listener.accept(told);
      }
    }
  }
}
