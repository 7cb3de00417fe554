package dev.rollcall.store.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.store.Change;
import dev.rollcall.store.KeyCodec;
import dev.rollcall.store.SpecCodec;
import dev.rollcall.v1.DeleteCause;
import dev.rollcall.v1.DeletedKey;
import dev.rollcall.v1.RemoveCause;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.WatchDelta;
import java.util.List;
import java.util.Optional;

/** Deltas as they go over the wire. */
public final class DeltaCodec {
  /**
   * Size of a part of a revision's changes, unless one thing alone is larger. With what gRPC takes
   * before it says "not ready" (32 KiB) this bounds what a stream that is not read can hold.
   */
  public static final int PART_BYTES_MAX = 32 << 10;

  private DeltaCodec() {}

  static List<ByteString> encode(SharedDelta delta) {
    var parts = new WireParts(PART_BYTES_MAX, head(delta));
    for (var instance : delta.upserts()) {
      parts.add(WatchDelta.UPSERTS_FIELD_NUMBER, instance.message());
    }
    for (var gone : delta.removes()) {
      parts.add(WatchDelta.REMOVES_FIELD_NUMBER, message(gone));
    }
    for (var service : delta.listed()) {
      parts.add(WatchDelta.NAMES_ADDED_FIELD_NUMBER, service.name());
    }
    for (var service : delta.unlisted()) {
      parts.add(WatchDelta.NAMES_REMOVED_FIELD_NUMBER, service.name());
    }
    for (var key : delta.keysPut()) {
      parts.add(WatchDelta.KEYS_PUT_FIELD_NUMBER, KeyCodec.toMessage(key));
    }
    for (var key : delta.keysDeleted()) {
      parts.add(WatchDelta.KEYS_DELETED_FIELD_NUMBER, message(key));
    }
    delta
        .spec()
        .ifPresent(change -> {
          if (change instanceof Change.SpecPut put) {
            parts.add(WatchDelta.SPEC_FIELD_NUMBER, SpecCodec.toMessage(put.spec()));
          } else {
            parts.add(WatchDelta.SPEC_REMOVED_FIELD_NUMBER);
          }
        });
    return parts.all();
  }

  static RemoveCause cause(Optional<Change.Cause> cause) {
    return cause.isEmpty()
        ? RemoveCause.REMOVE_CAUSE_FILTERED
        : switch (cause.get()) {
          case DEREGISTERED -> RemoveCause.REMOVE_CAUSE_DEREGISTERED;
          case EXPIRED -> RemoveCause.REMOVE_CAUSE_EXPIRED;
        };
  }

  static DeletedKey message(Change.KeyDeleted deleted) {
    return DeletedKey.newBuilder()
        .setKey(deleted.key())
        .setModRevision(deleted.previous().modRevision())
        .setCause(
            switch (deleted.cause()) {
              case DELETED -> DeleteCause.DELETE_CAUSE_DELETED;
              case LEASE_ENDED -> DeleteCause.DELETE_CAUSE_LEASE_ENDED;
            })
        .build();
  }

  private static WatchDelta head(SharedDelta delta) {
    var head = WatchDelta.newBuilder().setRevision(delta.revision());
    delta.service().ifPresent(service -> head.setService(service.name()));
    return head.build();
  }

  private static RemovedInstance message(SharedDelta.Gone gone) {
    var instance = gone.previous().instance();
    return RemovedInstance.newBuilder()
        .setInstanceId(instance.key().instanceId())
        .setIncarnation(instance.incarnation())
        .setCause(cause(gone.cause()))
        .build();
  }
}
