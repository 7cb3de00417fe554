package dev.rollcall.server.gateway.eureka;

import com.google.gson.JsonObject;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.gateway.eureka.InstanceReader.Registration;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpErrors;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.server.gateway.http.RegistryCalls;
import dev.rollcall.server.replication.Consistency;
import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Compacted;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Removal;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Status;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What Eureka's clients write, in terms of the registry. The timestamp of an instance's last change
 * is its incarnation, in microseconds, so that late messages of an old life change nothing. Any
 * thread that may block.
 */
final class EurekaRegistrations {
  /** How long a client that has gone may still say that it is down, without coming back by it. */
  static final long LATE_MILLIS = 60_000;

  private static final long MICROS_PER_MILLI = 1_000;
  private static final int ATTEMPTS_MAX = 4;

  /** How long a writer waits to see on this node what was decided elsewhere. */
  private static final long SEEN_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private static final String ACTOR = "eureka";

  private final RegistryCalls calls;
  private final Heartbeats heartbeats;
  private final RegistryStore store;
  private final Clock clock;

  EurekaRegistrations(RegistryCalls calls, RegistryStore store, Clock clock) {
    this.calls = calls;
    heartbeats = new Heartbeats(calls::renew);
    this.store = store;
    this.clock = clock;
  }

  /**
   * Registers the instance in the body of a call, unless it is older than what is there.
   *
   * @throws MalformedBody when there is none in it
   */
  void register(String app, HttpCall call) throws MalformedBody {
    var asked = InstanceReader.read(wire(call), app, clock.wallMillis());
    var key = asked.instance().key();
    if (asked.instance().status() == Status.DOWN) {
      // It may be the last word of a client that has gone by way of another node.
      readAll(call);
    }
    long above = 0;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      var next = next(asked, store.instance(key), above, call);
      if (next.isEmpty()) {
        return;
      }
      switch (submit(register(next.get(), asked.ttlMillis()), call)) {
        case Outcome.Registered registered -> {
          awaitRevision(registered.revision(), call);
          return;
        }
        case Outcome.StaleIncarnation stale -> {
          // This node was behind, or the instance had a later life that has ended.
          readAll(call);
          if (store.instance(key).isEmpty()) {
            if (wasTakenLately(store.removal(key))) {
              return;
            }
            above = stale.incarnation();
          }
        }
        case Outcome.IncarnationReused reused -> readAll(call);
        case Outcome refused -> throw StatusMapper.refused(refused);
      }
    }
    throw contended(key);
  }

  /**
   * What to register instead of what there is; nothing when that is to stay, which it then does for
   * another TTL.
   *
   * @param above an incarnation that stands in the way, 0 for none
   */
  private Optional<Instance> next(
      Registration asked, Optional<RegisteredInstance> live, long above, HttpCall call) {
    var instance = asked.instance();
    if (live.isEmpty()) {
      boolean isLate =
          instance.status() == Status.DOWN && wasTakenLately(store.removal(instance.key()));
      return isLate
          ? Optional.empty()
          : Optional.of(withIncarnation(instance, Math.max(instance.incarnation(), above + 1)));
    }
    var there = live.get();
    long thereMillis = there.instance().incarnation() / MICROS_PER_MILLI;
    long askedMillis = instance.incarnation() / MICROS_PER_MILLI;
    if (askedMillis > thereMillis) {
      return Optional.of(instance);
    }
    boolean isSame =
        withIncarnation(instance, there.instance().incarnation()).equals(there.instance());
    if (askedMillis < thereMillis || isSame) {
      calls.renew(List.of(there.leaseId()), call.deadlineNanos());
      return Optional.empty();
    }
    return Optional.of(withIncarnation(instance, there.instance().incarnation() + 1));
  }

  /**
   * Keeps an instance for another TTL.
   *
   * @return false when the client must register it: it is not there, or not as new as it says
   */
  boolean renew(InstanceKey key, HttpCall call) {
    long dirtyMillis = dirtyMillis(call);
    if (renew(store.instance(key), dirtyMillis, call)) {
      return true;
    }
    readAll(call);
    return renew(store.instance(key), dirtyMillis, call);
  }

  private boolean renew(Optional<RegisteredInstance> live, long dirtyMillis, HttpCall call) {
    return live.isPresent()
        && dirtyMillis <= live.get().instance().incarnation() / MICROS_PER_MILLI
        && heartbeats.renew(live.get().leaseId(), call.deadlineNanos()) > 0;
  }

  /** Ends an instance; false when it is not there. */
  boolean cancel(InstanceKey key, HttpCall call) {
    return switch (submit(new Command.Deregister(key, 0), call)) {
      case Outcome.Deregistered deregistered -> {
        awaitRevision(deregistered.revision(), call);
        yield true;
      }
      case Outcome.InstanceNotFound notFound -> false;
      case Outcome refused -> throw StatusMapper.refused(refused);
    };
  }

  /**
   * Overrides what an instance reports; absent takes that back. False when it is not there: Eureka
   * overrides what is registered only.
   */
  boolean override(InstanceKey key, Optional<Status> status, HttpCall call) {
    if (status.isEmpty()) {
      return clearOverride(key, status, call);
    }
    if (find(key, call).isEmpty()) {
      return false;
    }
    var command = new Command.SetOverride(key, status.get(), ACTOR, "", 0);
    if (!(submit(command, call) instanceof Outcome.OverrideSet set)) {
      throw contended(key);
    }
    awaitRevision(set.revision(), call);
    return true;
  }

  /**
   * Takes an override back.
   *
   * @param reported what the instance is taken to report from then on; absent for what it did
   */
  boolean clearOverride(InstanceKey key, Optional<Status> reported, HttpCall call) {
    if (find(key, call).isEmpty()) {
      return false;
    }
    if (!(submit(new Command.ClearOverride(key), call) instanceof Outcome.OverrideCleared clear)) {
      throw contended(key);
    }
    awaitRevision(clear.revision(), call);
    return reported.isEmpty() || update(key, call, live -> status(live, reported.get()));
  }

  /** Sets metadata, one pair for each parameter of the call; false when it is not there. */
  boolean putMetadata(InstanceKey key, HttpCall call) {
    return update(key, call, live -> metadata(live, call));
  }

  /** A change of a live instance. */
  @FunctionalInterface
  private interface Edit {
    Command.Update of(RegisteredInstance live);
  }

  private boolean update(InstanceKey key, HttpCall call, Edit edit) {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      var live = find(key, call);
      if (live.isEmpty()) {
        return false;
      }
      switch (submit(edit.of(live.get()), call)) {
        case Outcome.Updated updated -> {
          awaitRevision(updated.revision(), call);
          return true;
        }
        // Somebody was faster, or this node is behind.
        case Outcome.RevisionMismatch mismatch -> readAll(call);
        case Outcome.InstanceNotFound notFound -> readAll(call);
        case Outcome refused -> throw StatusMapper.refused(refused);
      }
    }
    throw contended(key);
  }

  private static Command.Update status(RegisteredInstance live, Status status) {
    return new Command.Update(
        live.instance().key(),
        0,
        live.modRevision(),
        Optional.of(status),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Command.Update metadata(RegisteredInstance live, HttpCall call) {
    var metadata = new TreeMap<>(live.instance().metadata());
    call.queries()
        .forEach((name, values) -> {
          if (KeptFields.RESERVED.contains(name)) {
            throw HttpRefusal.invalid("metadata must not use the reserved key " + name);
          }
          metadata.put(name, values.getFirst());
        });
    return new Command.Update(
        live.instance().key(),
        0,
        live.modRevision(),
        Optional.empty(),
        call.query("weight").isPresent()
            ? OptionalInt.of(InstanceReader.weight(metadata.get("weight")))
            : OptionalInt.empty(),
        Optional.of(metadata),
        Optional.empty());
  }

  /** The instance; a node that does not know it asks the others before it says so. */
  private Optional<RegisteredInstance> find(InstanceKey key, HttpCall call) {
    var live = store.instance(key);
    if (live.isEmpty()) {
      readAll(call);
      live = store.instance(key);
    }
    return live;
  }

  private static JsonObject wire(HttpCall call) throws MalformedBody {
    String type = call.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    boolean isXml = type.contains("xml") || (!type.contains("json") && beginsWithTag(call.body()));
    return isXml
        ? XmlReader.read(call.body(), Wire.INSTANCE)
        : JsonBody.read(call.body(), Wire.INSTANCE);
  }

  private static boolean beginsWithTag(byte[] body) {
    for (byte b : body) {
      if (b > ' ') {
        return b == '<';
      }
    }
    return false;
  }

  /** How new the client says that its instance is; 0 when it does not. */
  private static long dirtyMillis(HttpCall call) {
    try {
      return call.query(Wire.DIRTY).map(text -> Long.parseLong(text.strip())).orElse(0L);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Whether somebody took the instance away a moment ago. */
  private boolean wasTakenLately(Optional<Removal> removal) {
    if (removal.isEmpty() || removal.get().cause() != Change.Cause.DEREGISTERED) {
      return false;
    }
    var ended = new AtomicLong(Long.MIN_VALUE / 2);
    try {
      store.changes(
          removal.get().revision(),
          changes -> {
            ended.set(changes.wallMillis());
            return false;
          });
    } catch (Compacted e) {
      // Long ago, then.
      return false;
    }
    return clock.wallMillis() - ended.get() < LATE_MILLIS;
  }

  private static Instance withIncarnation(Instance instance, long incarnation) {
    return new Instance(
        instance.key(),
        incarnation,
        instance.endpoints(),
        instance.locality(),
        instance.weight(),
        instance.version(),
        instance.tags(),
        instance.metadata(),
        instance.status());
  }

  private static Command register(Instance instance, long ttlMillis) {
    return new Command.Register(List.of(instance), new Command.Keeper.NewLease(ttlMillis));
  }

  private Outcome submit(Command command, HttpCall call) {
    return calls.submit(Request.of(command), call.deadlineNanos());
  }

  /** This node knows all that was acknowledged anywhere. */
  private void readAll(HttpCall call) {
    calls.read(new Consistency.Linearizable(), call.deadlineNanos());
  }

  /** Who has written here sees it here, unless this node is far behind. */
  private void awaitRevision(long revision, HttpCall call) {
    long deadlineNanos = call.within(clock.nanoTime() + SEEN_NANOS_MAX).deadlineNanos();
    try {
      calls.read(new Consistency.MinRevision(revision), deadlineNanos);
    } catch (StatusRuntimeException e) {
      // It is done all the same, only not to be seen here yet.
      if (HttpErrors.reason(e) != ErrorReason.TOO_FAR_BEHIND) {
        throw e;
      }
    }
  }

  private static StatusRuntimeException contended(InstanceKey key) {
    return StatusMapper.status(
        ErrorReason.OVERLOADED,
        "too many write %s at the same time; nothing was changed".formatted(key));
  }
}
