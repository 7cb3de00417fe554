package dev.rollcall.store;

import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.v1.KeyValue;

/** Keys between the wire (which is also their form in rows) and the values here. */
public final class KeyCodec {
  private KeyCodec() {}

  /** A key as it is served. */
  public static KeyValue toMessage(KeyEntry entry) {
    return KeyValue.newBuilder()
        .setKey(entry.key())
        .setValue(entry.value())
        .setCreateRevision(entry.createRevision())
        .setModRevision(entry.modRevision())
        .setVersion(entry.version())
        .setLeaseId(entry.leaseId())
        .build();
  }

  /** A key from its row. */
  static KeyEntry fromMessage(String foldedNamespace, KeyValue message) {
    return new KeyEntry(
        foldedNamespace,
        message.getKey(),
        message.getValue(),
        message.getCreateRevision(),
        message.getModRevision(),
        message.getVersion(),
        message.getLeaseId());
  }
}
