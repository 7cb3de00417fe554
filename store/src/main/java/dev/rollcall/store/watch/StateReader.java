package dev.rollcall.store.watch;

import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.ServiceSummary;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the state of what is watched, as one thing or, where that may be large, piece by piece; a
 * piece is as new as the moment at which it is read. One thread at a time.
 */
abstract sealed class StateReader {
  /** Services or names looked up at a time; what a reader holds at most. */
  private static final int PAGE = 100;

  /** What a piece of keys comes to, unless one alone is larger. */
  private static final int PIECE_BYTES_MAX = 32 << 10;

  private static final int KEY_OVERHEAD_BYTES = 64;

  final boolean reset;
  private final long revision;
  private boolean isAtEnd;

  private StateReader(long revision, boolean reset) {
    this.revision = revision;
    this.reset = reset;
  }

  /** That of a scope, as a filter shows it. */
  static StateReader of(WatchScope scope, Filter filter, RegistryStore store, boolean reset) {
    // Before anything is read: every piece contains at least this much.
    long revision = store.status().revision();
    return switch (scope) {
      case WatchScope.Service one ->
          new OfService(store.service(one.service()), filter, Optional.empty(), reset);
      case WatchScope.Instance one ->
          new OfService(
              store.service(one.instance().service()),
              filter,
              Optional.of(one.instance().instanceId()),
              reset);
      case WatchScope.Services of -> new OfServices(store, of, filter, revision, reset);
      case WatchScope.ServiceNames of -> new OfNames(store, of, revision, reset);
      case WatchScope.Key one -> new OfKey(store.keyView(), one, reset);
      case WatchScope.Keys of -> new OfKeys(store.keyView(), of, reset);
    };
  }

  /** Every piece contains all up to it. */
  final long revision() {
    return revision;
  }

  /** Whether the last piece has been read. */
  final boolean isAtEnd() {
    return isAtEnd;
  }

  /** The next piece. */
  abstract StateEvent next();

  final void end() {
    isAtEnd = true;
  }

  /** One service, or one instance of it: whole, as of one revision. */
  private static final class OfService extends StateReader {
    private final ServiceSnapshot service;
    private final Filter filter;
    private final Optional<String> instanceId;

    OfService(ServiceSnapshot service, Filter filter, Optional<String> instanceId, boolean reset) {
      super(service.revision(), reset);
      this.service = service;
      this.filter = filter;
      this.instanceId = instanceId;
    }

    @Override
    StateEvent next() {
      end();
      return new StateEvent.Snapshot(service, filter, instanceId, reset, true);
    }
  }

  /** Those that have something to show, one after the other. */
  private static final class OfServices extends StateReader {
    private final RegistryStore store;
    private final Listing listing;
    private final Filter filter;

    OfServices(
        RegistryStore store,
        WatchScope.Services scope,
        Filter filter,
        long revision,
        boolean reset) {
      super(revision, reset);
      this.store = store;
      this.filter = filter;
      listing = new Listing(store, scope.foldedNamespace(), scope.foldedPrefix());
    }

    @Override
    StateEvent next() {
      for (var key = listing.next(); key.isPresent(); key = listing.next()) {
        var snapshot =
            new StateEvent.Snapshot(
                store.service(key.get()), filter, Optional.empty(), reset, false);
        // It may have lost its last instance since we found it; its delta will say so.
        if (snapshot.wantedInstances().hasNext() || snapshot.spec().isPresent()) {
          return snapshot;
        }
      }
      end();
      return new StateEvent.End(revision(), reset);
    }
  }

  /** Names only, a page at a time. */
  private static final class OfNames extends StateReader {
    private final Listing listing;

    OfNames(RegistryStore store, WatchScope.ServiceNames scope, long revision, boolean reset) {
      super(revision, reset);
      listing = new Listing(store, scope.foldedNamespace(), scope.foldedPrefix());
    }

    @Override
    StateEvent next() {
      var page = listing.page();
      if (page.size() < PAGE) {
        end();
      }
      var spelled = page.stream().map(ServiceKey::name).toList();
      return new StateEvent.Names(revision(), spelled, reset, isAtEnd());
    }
  }

  /** One key, or none. */
  private static final class OfKey extends StateReader {
    private final List<KeyEntry> found;

    OfKey(KeyView view, WatchScope.Key scope, boolean reset) {
      super(view.revision(), reset);
      found = view.key(scope.foldedNamespace(), scope.key()).stream().toList();
    }

    @Override
    StateEvent next() {
      end();
      return new StateEvent.Keys(revision(), found, reset, true);
    }
  }

  /** Keys as of one revision, some at a time. */
  private static final class OfKeys extends StateReader {
    private final KeyView view;
    private final WatchScope.Keys scope;
    private final ArrayDeque<KeyEntry> page = new ArrayDeque<>();
    private Optional<String> after = Optional.empty();
    private boolean isLastPage;

    OfKeys(KeyView view, WatchScope.Keys scope, boolean reset) {
      super(view.revision(), reset);
      this.view = view;
      this.scope = scope;
    }

    @Override
    StateEvent next() {
      var piece = new ArrayList<KeyEntry>();
      int bytes = 0;
      while (peek() && (piece.isEmpty() || bytes + bytes(page.element()) <= PIECE_BYTES_MAX)) {
        bytes += bytes(page.element());
        piece.add(page.remove());
      }
      if (!peek()) {
        end();
      }
      return new StateEvent.Keys(revision(), piece, reset, isAtEnd());
    }

    private static int bytes(KeyEntry entry) {
      return entry.key().length() + entry.value().size() + KEY_OVERHEAD_BYTES;
    }

    /** Whether there is another one. */
    private boolean peek() {
      if (page.isEmpty() && !isLastPage) {
        var found = view.keys(scope.foldedNamespace(), scope.prefix(), after, PAGE);
        page.addAll(found.entries());
        after = Optional.ofNullable(page.peekLast()).map(KeyEntry::key);
        isLastPage = !found.hasMore();
      }
      return !page.isEmpty();
    }
  }

  /** The listed services of a prefix. */
  private static final class Listing {
    private final RegistryStore store;
    private final String foldedNamespace;
    private final String foldedPrefix;
    private final ArrayDeque<ServiceKey> page = new ArrayDeque<>();
    private Optional<String> after = Optional.empty();
    private boolean isLastPage;

    Listing(RegistryStore store, String foldedNamespace, String foldedPrefix) {
      this.store = store;
      this.foldedNamespace = foldedNamespace;
      this.foldedPrefix = foldedPrefix;
    }

    Optional<ServiceKey> next() {
      if (page.isEmpty() && !isLastPage) {
        page.addAll(page());
        isLastPage = page.size() < PAGE;
      }
      return Optional.ofNullable(page.poll());
    }

    /** Shorter than a page at the end, and only there. */
    List<ServiceKey> page() {
      var keys =
          store.services(foldedNamespace, foldedPrefix, after, PAGE).stream()
              .map(ServiceSummary::service)
              .toList();
      if (!keys.isEmpty()) {
        after = Optional.of(keys.getLast().foldedName());
      }
      return keys;
    }
  }
}
