package dev.rollcall.server.watch;

import dev.rollcall.store.SpecCodec;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.watch.StateEvent;
import dev.rollcall.v1.WatchSnapshot;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A service's snapshot on its way to one cursor, in parts. Holds the state it began with, which
 * shares all but what changed with the present one; a cursor has at most one of them under way.
 */
final class SnapshotParts {
  private static final int OVERHEAD_BYTES = 8;

  private final StateEvent.Snapshot snapshot;
  private final boolean isOfMany;
  private final Iterator<RegisteredInstance> instances;
  private @Nullable RegisteredInstance ahead;

  /**
   * Nothing of it is gone yet.
   *
   * @param isOfMany whether it is one service of many, which parts then say
   */
  SnapshotParts(StateEvent.Snapshot snapshot, boolean isOfMany) {
    this.snapshot = snapshot;
    this.isOfMany = isOfMany;
    this.instances = snapshot.wantedInstances();
    this.ahead = instances.hasNext() ? instances.next() : null;
  }

  /** The next part, of at most {@link Batch#BYTES_MAX} unless one instance alone is larger. */
  WatchSnapshot next() {
    var part =
        WatchSnapshot.newBuilder().setRevision(snapshot.revision()).setReset(snapshot.reset());
    if (isOfMany) {
      part.setService(snapshot.service().key().name());
    }
    int bytes = 0;
    for (RegisteredInstance instance = ahead; instance != null; instance = ahead) {
      bytes += instance.message().getSerializedSize() + OVERHEAD_BYTES;
      if (bytes > Batch.BYTES_MAX && part.getInstancesCount() > 0) {
        break;
      }
      part.addInstances(instance.message());
      ahead = instances.hasNext() ? instances.next() : null;
    }
    if (ahead == null) {
      part.setLast(snapshot.isLast());
      snapshot.spec().ifPresent(spec -> part.setSpec(SpecCodec.toMessage(spec)));
    }
    return part.build();
  }

  /** Whether the last part is gone. */
  boolean isAtEnd() {
    return ahead == null;
  }
}
