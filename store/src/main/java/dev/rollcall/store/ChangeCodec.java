package dev.rollcall.store;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.storage.v1.ChangeRecord;
import dev.rollcall.storage.v1.ChangeRow;
import dev.rollcall.storage.v1.RemovalRecord;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Changes between values and the rows of the change log. */
final class ChangeCodec {
  private ChangeCodec() {}

  /**
   * One change, for {@link #row}. Takes the instance as it is in its own row, so that an instance
   * is encoded once per change.
   */
  static byte[] upserted(byte[] instanceRow) {
    return field(ChangeRecord.UPSERT_FIELD_NUMBER, instanceRow);
  }

  /** One change, for {@link #row}. */
  static byte[] removed(Change.Removed removed) {
    var removal =
        RemovalRecord.newBuilder()
            .setKey(InstanceCodec.toMessage(removed.key()))
            .setIncarnation(removed.incarnation())
            .setCause(removed.cause().code());
    return field(ChangeRecord.REMOVAL_FIELD_NUMBER, ProtoBytes.of(removal.build()));
  }

  /** One change, for {@link #row}; takes the spec as it is in its own row. */
  static byte[] specPut(byte[] specRow) {
    return field(ChangeRecord.SPEC_PUT_FIELD_NUMBER, specRow);
  }

  /** One change, for {@link #row}. */
  static byte[] specRemoved(ServiceKey service) {
    var names =
        dev.rollcall.v1.ServiceSpec.newBuilder()
            .setNamespace(service.namespace())
            .setService(service.name());
    return field(ChangeRecord.SPEC_REMOVED_FIELD_NUMBER, ProtoBytes.of(names.build()));
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

  /** Hears of changes as they were made. */
  interface Visitor {
    /** The instance as it was after the change; decoding all of it is left to whoever needs it. */
    void upserted(dev.rollcall.v1.Instance message);

    void removed(Change.Removed removed);

    /** The service's spec was put or removed. */
    void specChanged(ServiceKey service);
  }

  /**
   * Visits the changes of one revision, in the order in which the command made them.
   *
   * @throws IllegalArgumentException when the bytes are no such row, or one of a later version
   */
  static void forEach(byte[] row, Visitor visitor) {
    ChangeRow message;
    try {
      message = ChangeRow.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a change row: " + e.getMessage(), e);
    }
    for (var change : message.getChangesList()) {
      switch (change.getChangeCase()) {
        case UPSERT -> visitor.upserted(change.getUpsert());
        case REMOVAL -> visitor.removed(removed(change.getRemoval()));
        case SPEC_PUT -> visitor.specChanged(service(change.getSpecPut()));
        case SPEC_REMOVED -> visitor.specChanged(service(change.getSpecRemoved()));
        case CHANGE_NOT_SET -> throw new IllegalArgumentException("not a change known here");
      }
    }
  }

  /** The removal of an instance among the changes of one revision. */
  static Optional<Change.Removed> removal(byte[] row, InstanceKey key) {
    var found = new ArrayList<Change.Removed>(1);
    forEach(
        row,
        new Visitor() {
          @Override
          public void upserted(dev.rollcall.v1.Instance message) {}

          @Override
          public void removed(Change.Removed removed) {
            if (removed.key().equals(key)) {
              found.add(removed);
            }
          }

          @Override
          public void specChanged(ServiceKey service) {}
        });
    return found.stream().findFirst();
  }

  private static ServiceKey service(dev.rollcall.v1.ServiceSpec names) {
    return new ServiceKey(names.getNamespace(), names.getService());
  }

  private static Change.Removed removed(RemovalRecord message) {
    return new Change.Removed(
        InstanceCodec.fromMessage(message.getKey()),
        message.getIncarnation(),
        cause(message.getCause()));
  }

  private static Change.Cause cause(int code) {
    for (var cause : Change.Cause.values()) {
      if (cause.code() == code) {
        return cause;
      }
    }
    throw new IllegalArgumentException("not a cause known here: " + code);
  }

  /** A field that is a message is written as one that is its bytes. */
  private static byte[] field(int number, byte[] message) {
    return ProtoBytes.of(
        CodedOutputStream.computeByteArraySize(number, message),
        out -> out.writeByteArray(number, message));
  }
}
