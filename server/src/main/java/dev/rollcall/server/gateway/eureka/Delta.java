package dev.rollcall.server.gateway.eureka;

import dev.rollcall.server.gateway.eureka.InstanceWriter.Action;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What became of instances in the last three minutes: for each the last of it, as one view after
 * the other has seen it. A client that asks more often than that misses nothing; what it is told
 * twice does no harm, since it replaces or removes whole instances.
 */
final class Delta {
  /** As long as Eureka's servers remember. */
  static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(180);

  /** How much longer something may be told, so that forgetting costs a new view now and then. */
  static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(10);

  static final Delta EMPTY = new Delta(Collections.emptySortedMap());

  private final SortedMap<Name, Event> events;
  private final OptionalLong oldestNanos;

  private Delta(SortedMap<Name, Event> events) {
    this.events = events;
    oldestNanos = events.values().stream().mapToLong(Event::nanos).min();
  }

  /** Names an instance. */
  private record Name(String app, String id) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int byApp = app.compareTo(other.app);
      return byApp != 0 ? byApp : id.compareTo(other.id);
    }
  }

  /** What became of it, with its bytes: told again and again, it is encoded once. */
  private record Event(EncodedInstance instance, long nanos) {}

  /** Some of an app. */
  record Part(String app, List<EncodedInstance> instances) {
    byte[] encoded(WireFormat format) {
      return WireEncoder.part(
          app, instances.stream().map(each -> each.bytes(format)).toList(), format);
    }
  }

  /** The instances by app. */
  List<Part> parts() {
    var parts = new ArrayList<Part>();
    events.forEach((name, event) -> {
      if (parts.isEmpty() || !parts.getLast().app().equals(name.app())) {
        parts.add(new Part(name.app(), new ArrayList<>()));
      }
      parts.getLast().instances().add(event.instance());
    });
    return parts;
  }

  /** Whether something is told that should be forgotten. */
  boolean isStale(long nowNanos) {
    return oldestNanos.isPresent()
        && nowNanos - oldestNanos.getAsLong() > WINDOW_NANOS + SLACK_NANOS;
  }

  /** Begins the delta of the next view. */
  Next next(long nowNanos, WireEncoder encoder) {
    return new Next(this, nowNanos, encoder);
  }

  /** A delta that is being made. One thread. */
  static final class Next {
    private final long nowNanos;
    private final WireEncoder encoder;
    private final TreeMap<Name, Event> events = new TreeMap<>();

    private Next(Delta before, long nowNanos, WireEncoder encoder) {
      this.nowNanos = nowNanos;
      this.encoder = encoder;
      before.events.forEach((name, event) -> {
        if (nowNanos - event.nanos() <= WINDOW_NANOS) {
          events.put(name, event);
        }
      });
    }

    /** Everything in the app is new to somebody. */
    void added(String app, Collection<RegisteredInstance> instances) {
      instances.forEach(instance -> put(app, instance, Action.ADDED));
    }

    /** Nothing of the app is there any more. */
    void deleted(String app, Collection<RegisteredInstance> instances) {
      instances.forEach(instance -> put(app, instance, Action.DELETED));
    }

    /** The app was so and is so now. */
    void changed(String app, ServiceSnapshot before, ServiceSnapshot now) {
      for (var instance : now.instances()) {
        var old = before.find(instance.id());
        if (old.isEmpty()) {
          put(app, instance, Action.ADDED);
        } else if (!old.get().equals(instance)) {
          put(app, instance, Action.MODIFIED);
        }
      }
      for (var instance : before.instances()) {
        if (now.find(instance.id()).isEmpty()) {
          put(app, instance, Action.DELETED);
        }
      }
    }

    Delta make() {
      return events.isEmpty() ? EMPTY : new Delta(Collections.unmodifiableSortedMap(events));
    }

    private void put(String app, RegisteredInstance instance, Action action) {
      var encoded = new EncodedInstance(encoder, instance, action);
      events.put(new Name(app, instance.id()), new Event(encoded, nowNanos));
    }
  }
}
