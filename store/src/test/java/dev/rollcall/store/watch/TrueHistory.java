package dev.rollcall.store.watch;

import dev.rollcall.store.Change;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What happened and what is there, looked at in the plainest way. */
final class TrueHistory {
  /** Of one revision after the other, from the first. */
  final List<RevisionChanges> revisions = new ArrayList<>();

  /** The only filter there is beside none. */
  static final String FILTER = "weight == 1";

  /** The first revision from one on that shows something; empty when none does. */
  Optional<RevisionChanges> next(long from, long until, WatchScope scope, boolean filtered) {
    for (long r = from; r <= Math.min(until, revisions.size()); r++) {
      var revision = revisions.get((int) r - 1);
      if (!shown(revision.changes(), scope, filtered).isEmpty()) {
        return Optional.of(revision);
      }
    }
    return Optional.empty();
  }

  /** What a watch is to hear of changes. */
  static List<WatchedChange> shown(List<Change> changes, WatchScope scope, boolean filtered) {
    var shown = new ArrayList<WatchedChange>();
    for (Change change : changes) {
      if (isOf(change, scope)) {
        switch (change) {
          case Change.Upserted upserted -> {
            boolean fits = !filtered || fits(upserted.instance());
            boolean fitted = upserted.previous().isPresent() && fits(upserted.previous().get());
            if (fits) {
              shown.add(new WatchedChange(change, false));
            } else if (fitted) {
              shown.add(new WatchedChange(change, true));
            }
          }
          case Change.Removed removed -> {
            if (!filtered || fits(removed.previous())) {
              shown.add(new WatchedChange(change, false));
            }
          }
          default -> shown.add(new WatchedChange(change, false));
        }
      }
    }
    return shown;
  }

  /** Everything that is watched as it is now, by name. */
  static Map<String, Object> state(RegistryStore store, WatchScope scope, boolean filtered) {
    var state = new TreeMap<String, Object>();
    switch (scope) {
      case WatchScope.Service of -> putService(store, of.service(), filtered, state);
      case WatchScope.Instance of -> {
        store
            .instance(of.instance())
            .filter(instance -> !filtered || fits(instance))
            .ifPresent(instance -> state.put(name(instance), instance));
      }
      case WatchScope.Services of ->
          names(store, of.foldedNamespace(), of.foldedPrefix())
              .forEach(service -> putService(store, service, filtered, state));
      case WatchScope.ServiceNames of ->
          names(store, of.foldedNamespace(), of.foldedPrefix())
              .forEach(service -> state.put("name " + service.foldedName(), ""));
      case WatchScope.Key of ->
          store
              .key(of.foldedNamespace(), of.key())
              .ifPresent(key -> state.put("key " + key.key(), key));
      case WatchScope.Keys of ->
          store
              .keys(of.foldedNamespace(), of.prefix(), Optional.empty(), 10_000)
              .entries()
              .forEach(key -> state.put("key " + key.key(), key));
    }
    return state;
  }

  static String name(RegisteredInstance instance) {
    var key = instance.instance().key();
    return "instance " + key.toString().toLowerCase(Locale.ROOT);
  }

  static String specName(ServiceKey service) {
    return "spec " + service.toString().toLowerCase(Locale.ROOT);
  }

  private static List<ServiceKey> names(RegistryStore store, String namespace, String prefix) {
    return store.services(namespace, prefix, Optional.empty(), 10_000).stream()
        .map(summary -> summary.service())
        .toList();
  }

  private static void putService(
      RegistryStore store, ServiceKey service, boolean filtered, Map<String, Object> state) {
    var snapshot = store.service(service);
    snapshot.instances().stream()
        .filter(instance -> !filtered || fits(instance))
        .forEach(instance -> state.put(name(instance), instance));
    snapshot.spec().ifPresent(spec -> state.put(specName(service), spec));
  }

  private static boolean fits(RegisteredInstance instance) {
    return instance.instance().weight() == 1;
  }

  private static boolean isOf(Change change, WatchScope scope) {
    return switch (scope) {
      case WatchScope.Service(ServiceKey service) ->
          change instanceof Change.OfService of && of.service().equals(service);
      case WatchScope.Instance one ->
          switch (change) {
            case Change.Upserted upserted ->
                upserted.instance().instance().key().equals(one.instance());
            case Change.Removed removed -> removed.key().equals(one.instance());
            default -> false;
          };
      case WatchScope.Services(String namespace, String prefix) ->
          change instanceof Change.OfService of
              && of.service().namespace().equalsIgnoreCase(namespace)
              && of.service().name().toLowerCase(Locale.ROOT).startsWith(prefix);
      case WatchScope.ServiceNames names -> false;
      case WatchScope.Key(String namespace, String key) ->
          change instanceof Change.OfKey of
              && of.namespace().equals(namespace)
              && of.key().equals(key);
      case WatchScope.Keys(String namespace, String prefix) ->
          change instanceof Change.OfKey of
              && of.namespace().equals(namespace)
              && of.key().startsWith(prefix);
    };
  }
}
