package dev.rollcall.store.kv;

import com.google.protobuf.ByteString;

/**
 * A key as the registry holds it. Immutable; any thread.
 *
 * @param foldedNamespace that it lives in
 * @param key compared as it is, unlike names
 * @param createRevision at which this life of the key began
 * @param modRevision of its last change
 * @param version changes of this life, from 1
 * @param leaseId with which it goes; 0 when with none
 */
public record KeyEntry(
    String foldedNamespace,
    String key,
    ByteString value,
    long createRevision,
    long modRevision,
    long version,
    long leaseId) {
  /** The same without its value. */
  public KeyEntry withoutValue() {
    return new KeyEntry(
        foldedNamespace, key, ByteString.EMPTY, createRevision, modRevision, version, leaseId);
  }

  /** Bytes of key and value. */
  public int bytes() {
    return KeyRules.utf8Bytes(key) + value.size();
  }
}
