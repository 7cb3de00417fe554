package dev.rollcall.store;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.rollcall.storage.v1.ChangeRecord;
import dev.rollcall.storage.v1.ChangeRow;
import dev.rollcall.storage.v1.KeyRow;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.kv.KeyEntry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes between values and the rows of the change log. */
final class ChangeCodec {
  /** The spec's removal has no cause; it is said by the field alone. */
  private static final int SPEC_REMOVED = 1;

  private ChangeCodec() {}

  /**
   * One change, for {@link #row}.
   *
   * @param after what there is after the change, as it is in its own row, so that it is encoded
   *     once per change; ignored when nothing is
   */
  static byte[] encode(Change change, byte[] after) {
    return switch (change) {
      case Change.Upserted(var instance, var previous) ->
          put(
              ChangeRecord.UPSERT_FIELD_NUMBER,
              after,
              ChangeRecord.PREVIOUS_INSTANCE_FIELD_NUMBER,
              previous.map(RowCodec::encode));
      case Change.SpecPut(var spec, var previous) ->
          put(
              ChangeRecord.SPEC_PUT_FIELD_NUMBER,
              after,
              ChangeRecord.PREVIOUS_SPEC_FIELD_NUMBER,
              previous.map(RowCodec::encode));
      case Change.KeyPut(var entry, var previous) ->
          put(
              ChangeRecord.KEY_PUT_FIELD_NUMBER,
              after,
              ChangeRecord.PREVIOUS_KEY_FIELD_NUMBER,
              previous.map(RowCodec::encode));
      case Change.Removed(var previous, var cause) ->
          end(
              ChangeRecord.REMOVED_FIELD_NUMBER,
              cause.code(),
              ChangeRecord.PREVIOUS_INSTANCE_FIELD_NUMBER,
              RowCodec.encode(previous));
      case Change.SpecRemoved(var previous) ->
          end(
              ChangeRecord.SPEC_REMOVED_FIELD_NUMBER,
              SPEC_REMOVED,
              ChangeRecord.PREVIOUS_SPEC_FIELD_NUMBER,
              RowCodec.encode(previous));
      case Change.KeyDeleted(var previous, var cause) ->
          end(
              ChangeRecord.KEY_DELETED_FIELD_NUMBER,
              cause.code(),
              ChangeRecord.PREVIOUS_KEY_FIELD_NUMBER,
              RowCodec.encode(previous));
    };
  }

  /**
   * The row of one revision.
   *
   * @param wallMillis replicated wall clock of the command
   * @param changes in the order in which the command made them
   */
  static byte[] row(long wallMillis, List<byte[]> changes) {
    int bytes = CodedOutputStream.computeInt64Size(ChangeRow.WALL_MILLIS_FIELD_NUMBER, wallMillis);
    for (byte[] change : changes) {
      bytes += CodedOutputStream.computeByteArraySize(ChangeRow.CHANGES_FIELD_NUMBER, change);
    }
    return ProtoBytes.of(
        bytes,
        out -> {
          out.writeInt64(ChangeRow.WALL_MILLIS_FIELD_NUMBER, wallMillis);
          for (byte[] change : changes) {
            out.writeByteArray(ChangeRow.CHANGES_FIELD_NUMBER, change);
          }
        });
  }

  /**
   * Everything that became different at one revision, without the links to the revisions before.
   *
   * @throws IllegalArgumentException when the bytes are no such row, or one of a later version
   */
  static RevisionChanges decode(long revision, byte[] row, Interner interner) {
    ChangeRow message;
    try {
      message = ChangeRow.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a change row: " + e.getMessage(), e);
    }
    var changes =
        message.getChangesList().stream().map(change -> change(change, interner)).toList();
    return new RevisionChanges(revision, message.getWallMillis(), changes, Map.of());
  }

  /**
   * What can be said of a row without reading all of it.
   *
   * @param wallMillis replicated wall clock of the command
   * @param hasEnds whether an instance or a spec went
   */
  record Outline(long wallMillis, boolean hasEnds) {}

  /**
   * The outline of a row.
   *
   * @throws IllegalArgumentException when the bytes are no such row, or one of a later version
   */
  static Outline outline(byte[] row) {
    long wallMillis = 0;
    boolean hasEnds = false;
    var in = CodedInputStream.newInstance(row);
    try {
      while (!in.isAtEnd()) {
        int tag = in.readTag();
        switch (WireFormat.getTagFieldNumber(tag)) {
          case ChangeRow.WALL_MILLIS_FIELD_NUMBER -> wallMillis = in.readInt64();
          case ChangeRow.CHANGES_FIELD_NUMBER -> hasEnds |= isEnd(in);
          default -> throw new IllegalArgumentException("not a change row known here");
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("not a change row: " + e.getMessage(), e);
    }
    return new Outline(wallMillis, hasEnds);
  }

  /** Steps over a change; the kind of it stands first. */
  private static boolean isEnd(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    int field = WireFormat.getTagFieldNumber(in.readTag());
    if (field < ChangeRecord.UPSERT_FIELD_NUMBER || field > ChangeRecord.KEY_DELETED_FIELD_NUMBER) {
      throw new IllegalArgumentException("not a change known here");
    }
    in.skipRawBytes(in.getBytesUntilLimit());
    in.popLimit(outer);
    return field == ChangeRecord.REMOVED_FIELD_NUMBER
        || field == ChangeRecord.SPEC_REMOVED_FIELD_NUMBER;
  }

  private static Change change(ChangeRecord message, Interner interner) {
    return switch (message.getChangeCase()) {
      case UPSERT ->
          new Change.Upserted(
              InstanceCodec.registeredFromMessage(message.getUpsert(), interner),
              message.hasPreviousInstance()
                  ? Optional.of(previousInstance(message, interner))
                  : Optional.empty());
      case REMOVED ->
          new Change.Removed(previousInstance(message, interner), cause(message.getRemoved()));
      case SPEC_PUT ->
          new Change.SpecPut(
              SpecCodec.registeredFromMessage(message.getSpecPut()),
              message.hasPreviousSpec() ? Optional.of(previousSpec(message)) : Optional.empty());
      case SPEC_REMOVED -> new Change.SpecRemoved(previousSpec(message));
      case KEY_PUT ->
          new Change.KeyPut(
              key(message.getKeyPut()),
              message.hasPreviousKey() ? Optional.of(previousKey(message)) : Optional.empty());
      case KEY_DELETED ->
          new Change.KeyDeleted(previousKey(message), keyCause(message.getKeyDeleted()));
      case CHANGE_NOT_SET -> throw new IllegalArgumentException("not a change known here");
    };
  }

  private static RegisteredInstance previousInstance(ChangeRecord message, Interner interner) {
    require(message.hasPreviousInstance());
    return InstanceCodec.registeredFromMessage(message.getPreviousInstance(), interner);
  }

  private static RegisteredSpec previousSpec(ChangeRecord message) {
    require(message.hasPreviousSpec());
    return SpecCodec.registeredFromMessage(message.getPreviousSpec());
  }

  private static KeyEntry previousKey(ChangeRecord message) {
    require(message.hasPreviousKey());
    return key(message.getPreviousKey());
  }

  private static KeyEntry key(KeyRow message) {
    return KeyCodec.fromMessage(message.getNamespace(), message.getKey());
  }

  private static void require(boolean hasPrevious) {
    if (!hasPrevious) {
      throw new IllegalArgumentException("an end of nothing");
    }
  }

  private static Change.Cause cause(int code) {
    for (var cause : Change.Cause.values()) {
      if (cause.code() == code) {
        return cause;
      }
    }
    throw new IllegalArgumentException("not a cause known here: " + code);
  }

  private static Change.KeyCause keyCause(int code) {
    for (var cause : Change.KeyCause.values()) {
      if (cause.code() == code) {
        return cause;
      }
    }
    throw new IllegalArgumentException("not a cause known here: " + code);
  }

  /** A field that is a message is written as one that is its bytes. */
  private static byte[] put(int field, byte[] after, int previousField, Optional<byte[]> previous) {
    int bytes =
        CodedOutputStream.computeByteArraySize(field, after)
            + previous
                .map(row -> CodedOutputStream.computeByteArraySize(previousField, row))
                .orElse(0);
    return ProtoBytes.of(
        bytes,
        out -> {
          out.writeByteArray(field, after);
          if (previous.isPresent()) {
            out.writeByteArray(previousField, previous.get());
          }
        });
  }

  private static byte[] end(int field, int code, int previousField, byte[] previous) {
    return ProtoBytes.of(
        CodedOutputStream.computeUInt32Size(field, code)
            + CodedOutputStream.computeByteArraySize(previousField, previous),
        out -> {
          out.writeUInt32(field, code);
          out.writeByteArray(previousField, previous);
        });
  }
}
