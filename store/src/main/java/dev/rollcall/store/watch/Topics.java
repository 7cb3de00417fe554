package dev.rollcall.store.watch;

import dev.rollcall.store.Change;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is watched, found by what a change touches: a lookup for each kind of scope, and for
 * prefixes one for each length in use. Not safe for threads: the hub's lock guards it.
 */
final class Topics {
  /** In the order in which they came, so that waking repeats in a simulation. */
  private final Map<WatchScope, Topic> topics = new LinkedHashMap<>();

  private final Prefixes services = new Prefixes(WatchScope.Services::new);
  private final Prefixes names = new Prefixes(WatchScope.ServiceNames::new);
  private final Prefixes keys = new Prefixes(WatchScope.Keys::new);
  private int instances;

  /** The topic of a scope, made when there is none. */
  Topic open(WatchScope scope, long revision) {
    var topic = topics.get(scope);
    if (topic == null) {
      topic = new Topic(scope, revision);
      topics.put(scope, topic);
      count(scope, 1);
    }
    return topic;
  }

  void remove(Topic topic) {
    if (topics.remove(topic.scope, topic)) {
      count(topic.scope, -1);
    }
  }

  Collection<Topic> all() {
    return Collections.unmodifiableCollection(topics.values());
  }

  boolean isEmpty() {
    return topics.isEmpty();
  }

  boolean hasNames() {
    return !names.isEmpty();
  }

  /** Every topic that has the change. */
  void forEach(Change change, Consumer<Topic> visitor) {
    switch (change) {
      case Change.Upserted upserted -> instance(upserted.instance().instance().key(), visitor);
      case Change.Removed removed -> instance(removed.key(), visitor);
      case Change.SpecPut put -> service(put.service(), visitor);
      case Change.SpecRemoved removed -> service(removed.service(), visitor);
      case Change.OfKey of -> {
        visit(new WatchScope.Key(of.namespace(), of.key()), visitor);
        keys.forEach(of.namespace(), of.key(), visitor);
      }
    }
  }

  /** Every topic that has the name of the service. */
  void forEachOfNames(ServiceKey service, Consumer<Topic> visitor) {
    names.forEach(service.foldedNamespace(), service.foldedName(), visitor);
  }

  private void instance(InstanceKey key, Consumer<Topic> visitor) {
    if (instances > 0) {
      visit(new WatchScope.Instance(key), visitor);
    }
    service(key.service(), visitor);
  }

  private void service(ServiceKey key, Consumer<Topic> visitor) {
    visit(new WatchScope.Service(key), visitor);
    if (!services.isEmpty()) {
      services.forEach(key.foldedNamespace(), key.foldedName(), visitor);
    }
  }

  private void visit(WatchScope scope, Consumer<Topic> visitor) {
    @Nullable Topic topic = topics.get(scope);
    if (topic != null) {
      visitor.accept(topic);
    }
  }

  private void count(WatchScope scope, int difference) {
    switch (scope) {
      case WatchScope.Instance one -> instances += difference;
      case WatchScope.Services of ->
          services.count(of.foldedNamespace(), of.foldedPrefix(), difference);
      case WatchScope.ServiceNames of ->
          names.count(of.foldedNamespace(), of.foldedPrefix(), difference);
      case WatchScope.Keys of -> keys.count(of.foldedNamespace(), of.prefix(), difference);
      case WatchScope.Service one -> {}
      case WatchScope.Key one -> {}
    }
  }

  /** Which lengths of prefix are watched, in each namespace. */
  private final class Prefixes {
    private final Map<String, TreeMap<Integer, Integer>> lengths = new HashMap<>();
    private final BiFunction<String, String, WatchScope> scope;

    Prefixes(BiFunction<String, String, WatchScope> scope) {
      this.scope = scope;
    }

    boolean isEmpty() {
      return lengths.isEmpty();
    }

    void count(String namespace, String prefix, int difference) {
      var counts = lengths.computeIfAbsent(namespace, n -> new TreeMap<>());
      counts.merge(prefix.length(), difference, (a, b) -> a + b == 0 ? null : a + b);
      if (counts.isEmpty()) {
        lengths.remove(namespace);
      }
    }

    void forEach(String namespace, String name, Consumer<Topic> visitor) {
      var counts = lengths.get(namespace);
      if (counts != null) {
        for (int length : counts.headMap(name.length(), true).keySet()) {
          visit(scope.apply(namespace, name.substring(0, length)), visitor);
        }
      }
    }
  }
}
