package dev.rollcall.server.discovery;

import dev.rollcall.server.api.Headers;
import dev.rollcall.store.Change;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.SpecCodec;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.watch.StateEvent;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.RemoveCause;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchDeltas;
import dev.rollcall.v1.WatchFreshness;
import dev.rollcall.v1.WatchProgress;
import dev.rollcall.v1.WatchResponse;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Makes what a server says on a watch stream. A delta is made once for all who watch the service:
 * they take it within the same moment, so a small memory of the latest ones is enough. Watch
 * thread.
 */
final class WatchMessages {
  /** Part of one revision's changes; a revision is at most what one request can carry. */
  private static final int DELTA_BYTES_MAX = 1 << 20;

  private static final int DELTAS_KEPT_MAX = 256;

  private final Headers headers;
  private final RegistryStore store;
  private final IdentityHashMap<StateEvent.Delta, List<WatchDelta>> deltas =
      new IdentityHashMap<>();

  WatchMessages(Headers headers, RegistryStore store) {
    this.headers = headers;
    this.store = store;
  }

  WatchResponse created(long watchId, boolean stale) {
    return WatchResponse.newBuilder()
        .addWatchIds(watchId)
        .setCreated(
            WatchCreated.newBuilder()
                .setHeader(headers.at(store.status().revision()))
                .setStale(stale))
        .build();
  }

  /** The parts of a delta, each but the last saying that more follows. */
  List<WatchDelta> delta(StateEvent.Delta delta) {
    List<WatchDelta> made = deltas.get(delta);
    if (made == null) {
      if (deltas.size() >= DELTAS_KEPT_MAX) {
        deltas.clear();
      }
      made = parts(delta);
      deltas.put(delta, made);
    }
    return made;
  }

  static WatchResponse delta(long watchId, WatchDelta part) {
    return WatchResponse.newBuilder()
        .addWatchIds(watchId)
        .setDeltas(WatchDeltas.newBuilder().addDeltas(part))
        .build();
  }

  static WatchResponse progress(long watchId, long revision) {
    return WatchResponse.newBuilder()
        .addWatchIds(watchId)
        .setProgress(WatchProgress.newBuilder().setRevision(revision))
        .build();
  }

  static WatchResponse freshness(long watchId, boolean stale) {
    return WatchResponse.newBuilder()
        .addWatchIds(watchId)
        .setFreshness(WatchFreshness.newBuilder().setStale(stale))
        .build();
  }

  static WatchResponse canceled(long watchId, ErrorReason reason, String message) {
    return WatchResponse.newBuilder()
        .addWatchIds(watchId)
        .setCanceled(WatchCanceled.newBuilder().setReason(reason).setMessage(message))
        .build();
  }

  private static List<WatchDelta> parts(StateEvent.Delta delta) {
    var parts = new ArrayList<WatchDelta>(1);
    WatchDelta.Builder part = begin(delta);
    int bytes = 0;
    for (RegisteredInstance instance : delta.upserts()) {
      int size = instance.message().getSerializedSize();
      if (bytes > 0 && bytes + size > DELTA_BYTES_MAX) {
        parts.add(part.setMore(true).build());
        part = begin(delta);
        bytes = 0;
      }
      part.addUpserts(instance.message());
      bytes += size;
    }
    // Of at most as many instances as a lease carries: a few hundred bytes each.
    for (Change.Removed removed : delta.removes()) {
      part.addRemoves(message(removed));
    }
    if (delta.spec().isPresent()) {
      putSpec(delta.spec().get(), part);
    }
    parts.add(part.build());
    return List.copyOf(parts);
  }

  private static void putSpec(Change change, WatchDelta.Builder part) {
    if (change instanceof Change.SpecPut(var spec, var previous)) {
      part.setSpec(SpecCodec.toMessage(spec));
    } else {
      part.setSpecRemoved(true);
    }
  }

  private static WatchDelta.Builder begin(StateEvent.Delta delta) {
    return WatchDelta.newBuilder()
        .setPreviousRevision(delta.previousRevision())
        .setRevision(delta.revision());
  }

  private static RemovedInstance message(Change.Removed removed) {
    return RemovedInstance.newBuilder()
        .setInstanceId(removed.key().instanceId())
        .setIncarnation(removed.incarnation())
        .setCause(
            switch (removed.cause()) {
              case DEREGISTERED -> RemoveCause.REMOVE_CAUSE_DEREGISTERED;
              case EXPIRED -> RemoveCause.REMOVE_CAUSE_EXPIRED;
            })
        .build();
  }
}
