package dev.rollcall.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.storage.v1.ChangeRecord;
import dev.rollcall.storage.v1.ChangeRow;
import dev.rollcall.storage.v1.RemovalRecord;
import java.util.List;

/** Changes between values and the rows of the change log. */
final class ChangeCodec {
  private ChangeCodec() {}

  /**
   * The row of one revision.
   *
   * @param wallMillis replicated wall clock of the command
   */
  static byte[] encode(long wallMillis, List<Change> changes) {
    var builder = ChangeRow.newBuilder().setWallMillis(wallMillis);
    for (Change change : changes) {
      builder.addChanges(
          switch (change) {
            case Change.Upserted upserted ->
                ChangeRecord.newBuilder().setUpsert(upserted.instance().message());
            case Change.Removed removed ->
                ChangeRecord.newBuilder()
                    .setRemoval(
                        RemovalRecord.newBuilder()
                            .setKey(InstanceCodec.toMessage(removed.key()))
                            .setIncarnation(removed.incarnation())
                            .setCause(removed.cause().code()));
          });
    }
    return ProtoBytes.of(builder.build());
  }

  /**
   * The changes of one revision, in the order in which the command made them.
   *
   * @throws IllegalArgumentException when the bytes are no such row, or one of a later version
   */
  static List<Change> decode(byte[] bytes) {
    try {
      return ChangeRow.parseFrom(bytes).getChangesList().stream().map(ChangeCodec::decode).toList();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a change row: " + e.getMessage(), e);
    }
  }

  private static Change decode(ChangeRecord message) {
    return switch (message.getChangeCase()) {
      case UPSERT -> new Change.Upserted(InstanceCodec.registeredFromMessage(message.getUpsert()));
      case REMOVAL ->
          new Change.Removed(
              InstanceCodec.fromMessage(message.getRemoval().getKey()),
              message.getRemoval().getIncarnation(),
              cause(message.getRemoval().getCause()));
      case CHANGE_NOT_SET -> throw new IllegalArgumentException("not a change known here");
    };
  }

  private static Change.Cause cause(int code) {
    for (var cause : Change.Cause.values()) {
      if (cause.code() == code) {
        return cause;
      }
    }
    throw new IllegalArgumentException("not a cause known here: " + code);
  }
}
