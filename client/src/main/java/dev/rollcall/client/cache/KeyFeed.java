package dev.rollcall.client.cache;

import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.watch.KeyListener;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What the watch told of some keys, and the view of it that programs read. */
final class KeyFeed implements KeyListener {
  private static final SortedMap<String, KeyEntry> NONE =
      Collections.unmodifiableSortedMap(new TreeMap<>());

  private final EventLoop loop;
  private final Executor callbacks;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final List<Conflated<KeyView>> listeners = new CopyOnWriteArrayList<>();
  private volatile KeyView view = new KeyView(NONE, 0, new CacheState.Empty(""));

  // Owned by the loop.
  private final TreeMap<String, KeyEntry> entries = new TreeMap<>();
  private long revision;
  private boolean isLoaded;
  private boolean isFresh;
  private boolean isChanged;
  private String trouble = "";
  private boolean willPublish;

  KeyFeed(EventLoop loop, Executor callbacks) {
    this.loop = loop;
    this.callbacks = callbacks;
  }

  KeyView view() {
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

  void addListener(Consumer<KeyView> listener) {
    var told = new OnChange(listener);
    Conflated<KeyView> conflated = new Conflated<>(callbacks, this, this::view, told);
    listeners.add(conflated);
    conflated.offer();
  }

  void removeListeners() {
    listeners.forEach(Conflated::end);
    listeners.clear();
  }

  void closed() {
    ready.completeExceptionally(new IllegalStateException("closed"));
  }

  @Override
  public void replaced(long newRevision, List<KeyEntry> all) {
    entries.clear();
    changed(newRevision, all, List.of());
  }

  @Override
  public void changed(long newRevision, List<KeyEntry> puts, List<String> deleted) {
    deleted.forEach(entries::remove);
    puts.forEach(it -> entries.put(it.key(), it));
    isLoaded = true;
    isChanged = true;
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
    KeyView old = view;
    SortedMap<String, KeyEntry> shown =
        isChanged ? Collections.unmodifiableSortedMap(new TreeMap<>(entries)) : old.entries();
    isChanged = false;
    view = new KeyView(shown, revision, state(old.state()));
    if (isLoaded) {
      ready.complete(null);
    }
    listeners.forEach(Conflated::offer);
  }

  private CacheState state(CacheState old) {
    if (!isLoaded) {
      return new CacheState.Empty(trouble);
    }
    return isFresh ? new CacheState.Live() : CacheState.Degraded.after(old, trouble, loop);
  }

  /** Keeps back views that differ in their revision only. Callback thread. */
  private static final class OnChange implements Consumer<KeyView> {
    private final Consumer<KeyView> listener;
    private KeyView told = new KeyView(NONE, 0, new CacheState.Empty(""));

    OnChange(Consumer<KeyView> listener) {
      this.listener = listener;
    }

    @Override
    public void accept(KeyView view) {
      if (!view.entries().equals(told.entries()) || !view.state().equals(told.state())) {
        told = view;
        listener.accept(view);
      }
    }
  }
}
