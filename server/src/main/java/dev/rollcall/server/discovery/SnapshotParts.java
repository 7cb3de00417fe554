package dev.rollcall.server.discovery;

import dev.rollcall.store.SpecCodec;
import dev.rollcall.store.watch.StateEvent;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchSnapshot;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot on its way to one watcher, in parts. Holds the state it began with, which shares all
 * but what changed with the present one; one stream has at most one of them under way for each
 * watch.
 */
final class SnapshotParts {
  /**
   * Size of a part, unless one instance alone is larger. With what gRPC takes before it says "not
   * ready" (32 KiB) this bounds what a stream that is not read can hold.
   */
  static final int PART_BYTES_MAX = 32 << 10;

  private static final int OVERHEAD_BYTES = 8;

  private final long watchId;
  private final StateEvent.Snapshot snapshot;
  private final Iterator<Instance> instances;
  private @Nullable Instance ahead;

  SnapshotParts(long watchId, StateEvent.Snapshot snapshot) {
    this.watchId = watchId;
    this.snapshot = snapshot;
    this.instances = snapshot.service().messages().iterator();
    this.ahead = instances.hasNext() ? instances.next() : null;
  }

  /** The next part; the last one says so. */
  WatchResponse next() {
    var part =
        WatchSnapshot.newBuilder().setRevision(snapshot.revision()).setReset(snapshot.reset());
    int bytes = 0;
    for (Instance instance = ahead; instance != null; instance = ahead) {
      bytes += instance.getSerializedSize() + OVERHEAD_BYTES;
      if (bytes > PART_BYTES_MAX && part.getInstancesCount() > 0) {
        break;
      }
      part.addInstances(instance);
      ahead = instances.hasNext() ? instances.next() : null;
    }
    if (ahead == null) {
      part.setLast(true);
      snapshot.service().spec().ifPresent(spec -> part.setSpec(SpecCodec.toMessage(spec)));
    }
    return WatchResponse.newBuilder().addWatchIds(watchId).setSnapshot(part).build();
  }
}
