package dev.rollcall.store.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.rollcall.store.Change;
import dev.rollcall.store.KeyCodec;
import dev.rollcall.store.SpecCodec;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.InstanceRemoval;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.WatchChanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Revisions of the change log as they go over the wire. */
final class ChangesCodec {
  private static final int OVERHEAD_BYTES = 4;

  private ChangesCodec() {}

  static List<ByteString> encode(ChangedRevision revision, boolean previousValues) {
    var parts = new ArrayList<ByteString>(1);
    var part = begin(revision);
    int bytes = 0;
    for (WatchedChange watched : revision.changes()) {
      var change = message(watched, previousValues);
      int size = change.getSerializedSize() + OVERHEAD_BYTES;
      if (bytes > 0 && bytes + size > DeltaCodec.PART_BYTES_MAX) {
        parts.add(field(part.setMore(true)));
        part = begin(revision);
        bytes = 0;
      }
      part.addChanges(change);
      bytes += size;
    }
    parts.add(field(part));
    return List.copyOf(parts);
  }

  private static dev.rollcall.v1.ChangedRevision.Builder begin(ChangedRevision revision) {
    return dev.rollcall.v1.ChangedRevision.newBuilder()
        .setRevision(revision.revision())
        .setWallMillis(revision.wallMillis());
  }

  private static ByteString field(dev.rollcall.v1.ChangedRevision.Builder part) {
    var message = part.build();
    int field = WatchChanges.REVISIONS_FIELD_NUMBER;
    var bytes = ByteString.newOutput(CodedOutputStream.computeMessageSize(field, message));
    try {
      var out = CodedOutputStream.newInstance(bytes);
      out.writeMessage(field, message);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory", e);
    }
    return bytes.toByteString();
  }

  private static dev.rollcall.v1.WatchedChange message(
      WatchedChange watched, boolean previousValues) {
    var message = dev.rollcall.v1.WatchedChange.newBuilder();
    switch (watched.change()) {
      case Change.Upserted(RegisteredInstance now, Optional<RegisteredInstance> before) -> {
        if (watched.hasLeft()) {
          message.setRemoval(removal(before.orElseThrow(), Optional.empty()));
        } else {
          message.setUpsert(now.message());
        }
        if (previousValues) {
          before.ifPresent(previous -> message.setPreviousInstance(previous.message()));
        }
      }
      case Change.Removed removed -> {
        message.setRemoval(removal(removed.previous(), Optional.of(removed.cause())));
        if (previousValues) {
          message.setPreviousInstance(removed.previous().message());
        }
      }
      case Change.SpecPut put -> {
        message.setSpecPut(SpecCodec.toMessage(put.spec()));
        if (previousValues) {
          put.previous().ifPresent(spec -> message.setPreviousSpec(SpecCodec.toMessage(spec)));
        }
      }
      case Change.SpecRemoved removed -> {
        message.setSpecRemoved(named(removed.service()));
        if (previousValues) {
          message.setPreviousSpec(SpecCodec.toMessage(removed.previous()));
        }
      }
      case Change.KeyPut put -> {
        message.setKeyPut(KeyCodec.toMessage(put.entry()));
        if (previousValues) {
          put.previous().ifPresent(key -> message.setPreviousKey(KeyCodec.toMessage(key)));
        }
      }
      case Change.KeyDeleted deleted -> {
        message.setKeyDeleted(DeltaCodec.message(deleted));
        if (previousValues) {
          message.setPreviousKey(KeyCodec.toMessage(deleted.previous()));
        }
      }
    }
    return message.build();
  }

  private static ServiceSpec named(ServiceKey service) {
    return ServiceSpec.newBuilder()
        .setNamespace(service.namespace())
        .setService(service.name())
        .build();
  }

  private static InstanceRemoval removal(
      RegisteredInstance previous, Optional<Change.Cause> cause) {
    var key = previous.instance().key();
    return InstanceRemoval.newBuilder()
        .setKey(
            InstanceKey.newBuilder()
                .setNamespace(key.service().namespace())
                .setService(key.service().name())
                .setInstanceId(key.instanceId()))
        .setIncarnation(previous.instance().incarnation())
        .setCause(DeltaCodec.cause(cause))
        .build();
  }
}
