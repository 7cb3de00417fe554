package dev.rollcall.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Change;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyEntry;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a client holds that watches a state; strict about what a watch promises. */
final class StateFollower {
  private final WatchScope scope;
  private final boolean filtered;

  private final Map<String, Object> held = new TreeMap<>();
  private final Map<ServiceKey, Long> revisions = new TreeMap<>();

  /** What a snapshot under way has brought. */
  private final Map<String, Object> coming = new TreeMap<>();

  private boolean isComing;
  private boolean isBegun;
  private boolean isInRevision;

  /** Of the last whole snapshot; of one thing alone, or of the last delta. */
  private long revision = -1;

  StateFollower(WatchScope scope, boolean filtered) {
    this.scope = scope;
    this.filtered = filtered;
  }

  void take(StateEvent event) {
    assertThat(isInRevision && !(event instanceof StateEvent.Delta)).isFalse();
    switch (event) {
      case StateEvent.Snapshot snapshot -> {
        begin(snapshot.reset());
        for (RegisteredInstance instance : snapshot.instances()) {
          coming.put(TrueHistory.name(instance), instance);
        }
        var service = snapshot.service().key();
        snapshot.spec().ifPresent(spec -> coming.put(TrueHistory.specName(service), spec));
        if (scope instanceof WatchScope.Services) {
          assertThat(snapshot.isLast()).isFalse();
          assertThat(revisions.put(service, snapshot.revision())).as("twice").isNull();
        }
        if (snapshot.isLast()) {
          end(snapshot.revision());
        }
      }
      case StateEvent.Names names -> {
        begin(names.reset());
        names.names().forEach(name -> coming.put("name " + name.toLowerCase(Locale.ROOT), ""));
        if (names.isLast()) {
          end(names.revision());
        }
      }
      case StateEvent.Keys keys -> {
        begin(keys.reset());
        keys.keys().forEach(key -> coming.put("key " + key.key(), key));
        if (keys.isLast()) {
          end(keys.revision());
        }
      }
      case StateEvent.End end -> {
        begin(end.reset());
        end(end.revision());
      }
      case StateEvent.Delta delta -> take(delta);
      case StateEvent.Idle idle -> throw new IllegalArgumentException("nothing to take");
    }
  }

  /** Nothing is left to be taken: what is held must be what is there. */
  void isUpToDate(RegistryStore store) {
    assertThat(isComing).isFalse();
    assertThat(isInRevision).isFalse();
    assertThat(held).isEqualTo(TrueHistory.state(store, scope, filtered));
  }

  private void begin(boolean reset) {
    if (!isComing) {
      assertThat(reset).isEqualTo(isBegun);
      isBegun = true;
      isComing = true;
      coming.clear();
      revisions.clear();
    }
  }

  private void end(long of) {
    // A service that is forgotten begins at 0 again.
    assertThat(of == 0 || of >= revision).isTrue();
    revision = of;
    held.clear();
    held.putAll(coming);
    isComing = false;
  }

  private void take(StateEvent.Delta delta) {
    assertThat(isComing).as("a whole snapshot comes before it").isFalse();
    var shared = delta.shared();
    long has = revision;
    if (scope instanceof WatchScope.Services) {
      has = Math.max(revision, revisions.getOrDefault(shared.service().orElseThrow(), 0L));
    }
    assertThat(delta.previousRevision()).as("nothing was missed").isLessThanOrEqualTo(has);
    isInRevision = delta.more();
    assertThat(delta.revision()).as("nothing comes twice").isGreaterThan(has);
    if (scope instanceof WatchScope.Services) {
      revisions.put(shared.service().orElseThrow(), delta.revision());
    } else {
      assertThat(delta.more()).isFalse();
      revision = delta.revision();
    }
    for (var instance : shared.upserts()) {
      assertThat(instance.modRevision()).isEqualTo(delta.revision());
      held.put(TrueHistory.name(instance), instance);
    }
    for (var gone : shared.removes()) {
      // One that came and went while a snapshot of many services was read was never here.
      var had = held.remove(TrueHistory.name(gone.previous()));
      assertThat(had == null && !(scope instanceof WatchScope.Services)).isFalse();
    }
    shared.spec().ifPresent(this::takeSpec);
    shared.listed().forEach(service -> held.put("name " + service.foldedName(), ""));
    shared.unlisted().forEach(service -> held.remove("name " + service.foldedName()));
    for (KeyEntry key : shared.keysPut()) {
      held.put("key " + key.key(), key);
    }
    shared.keysDeleted().forEach(key -> held.remove("key " + key.key()));
  }

  private void takeSpec(Change change) {
    if (change instanceof Change.SpecPut put) {
      held.put(TrueHistory.specName(put.service()), put.spec());
    } else if (change instanceof Change.SpecRemoved removed) {
      held.remove(TrueHistory.specName(removed.service()));
    }
  }
}
