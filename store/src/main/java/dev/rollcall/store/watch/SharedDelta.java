package dev.rollcall.store.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Change;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one revision changed of what is watched, as all see it who watch it through the same filter.
 * Immutable; any thread. Encoded once, by whoever sends it first.
 */
public final class SharedDelta {
  private final long revision;
  private final Optional<ServiceKey> service;
  private final List<RegisteredInstance> upserts = new ArrayList<>(1);
  private final List<Gone> removes = new ArrayList<>(0);
  private final List<ServiceKey> listed;
  private final List<ServiceKey> unlisted;
  private final Map<String, Change.OfKey> keys = new LinkedHashMap<>(0);
  private @Nullable Change spec;

  // Made by whoever asks first; a race makes equals.
  private @Nullable List<ByteString> encoded;

  /**
   * An instance that is gone.
   *
   * @param previous as it was
   * @param cause why; empty when it is registered, but does not fit the filter any more
   */
  public record Gone(RegisteredInstance previous, Optional<Change.Cause> cause) {}

  private SharedDelta(
      long revision,
      Optional<ServiceKey> service,
      List<ServiceKey> listed,
      List<ServiceKey> unlisted) {
    this.revision = revision;
    this.service = service;
    this.listed = listed;
    this.unlisted = unlisted;
  }

  /** Of a link, in what is not many services: one, or none when the filter shows nothing. */
  static List<SharedDelta> of(Link link, List<WatchedChange> shown) {
    if (shown.isEmpty() && link.listed.isEmpty() && link.unlisted.isEmpty()) {
      return List.of();
    }
    var delta = new SharedDelta(link.revision, Optional.empty(), link.listed, link.unlisted);
    shown.forEach(delta::add);
    return List.of(delta);
  }

  /** Of a link, in many services: one for each that has something to show, in order. */
  static List<SharedDelta> byService(Link link, List<WatchedChange> shown) {
    var byService = new LinkedHashMap<ServiceKey, SharedDelta>();
    for (WatchedChange each : shown) {
      if (each.change() instanceof Change.OfService of) {
        byService
            .computeIfAbsent(
                of.service(),
                service ->
                    new SharedDelta(link.revision, Optional.of(service), List.of(), List.of()))
            .add(each);
      }
    }
    return List.copyOf(byService.values());
  }

  /** The revision of the changes. */
  public long revision() {
    return revision;
  }

  /** Which service, when many are watched. */
  public Optional<ServiceKey> service() {
    return service;
  }

  /** Instances new or changed; no instance is in here twice, or in both lists. */
  public List<RegisteredInstance> upserts() {
    return List.copyOf(upserts);
  }

  /** Instances gone. */
  public List<Gone> removes() {
    return List.copyOf(removes);
  }

  /** That the service's spec was put or removed. */
  public Optional<Change> spec() {
    return Optional.ofNullable(spec);
  }

  /** Services that have instances or a spec now. */
  public List<ServiceKey> listed() {
    return listed;
  }

  /** Services that have neither any more. */
  public List<ServiceKey> unlisted() {
    return unlisted;
  }

  /** Keys that are new or changed. */
  public List<KeyEntry> keysPut() {
    var put = new ArrayList<KeyEntry>();
    for (Change.OfKey change : keys.values()) {
      if (change instanceof Change.KeyPut keyPut) {
        put.add(keyPut.entry());
      }
    }
    return put;
  }

  /** Keys that are gone. */
  public List<Change.KeyDeleted> keysDeleted() {
    var deleted = new ArrayList<Change.KeyDeleted>();
    for (Change.OfKey change : keys.values()) {
      if (change instanceof Change.KeyDeleted keyDeleted) {
        deleted.add(keyDeleted);
      }
    }
    return deleted;
  }

  /**
   * As parts of at most {@link DeltaCodec#PART_BYTES_MAX}, unless one thing alone is larger: each
   * the fields of a WatchDelta but previous_revision and more, which are not shared.
   */
  public List<ByteString> encoded() {
    var made = encoded;
    if (made == null) {
      made = DeltaCodec.encode(this);
      encoded = made;
    }
    return made;
  }

  private void add(WatchedChange watched) {
    switch (watched.change()) {
      case Change.Upserted(RegisteredInstance now, Optional<RegisteredInstance> before) -> {
        if (watched.hasLeft()) {
          removes.add(new Gone(before.orElseThrow(), Optional.empty()));
        } else {
          upserts.add(now);
        }
      }
      case Change.Removed removed ->
          removes.add(new Gone(removed.previous(), Optional.of(removed.cause())));
      case Change.SpecPut put -> spec = put;
      case Change.SpecRemoved removed -> spec = removed;
      // A transaction may put a key and delete it: the last word counts.
      case Change.OfKey of -> keys.put(of.key(), of);
    }
  }
}
