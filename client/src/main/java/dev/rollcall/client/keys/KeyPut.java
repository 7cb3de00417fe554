package dev.rollcall.client.keys;

import java.util.OptionalLong;

/**
 * Sets a key.
 *
 * @param key which
 * @param value to what, up to 512 KiB
 * @param leaseId lease of the same namespace with which it goes, 0 for none; it loses the one it
 *     had
 * @param expectedRevision mod revision that the key must have, 0 when there must be none; empty
 *     means any
 */
public record KeyPut(String key, Value value, long leaseId, OptionalLong expectedRevision) {
  /** Whatever was there. */
  public static KeyPut of(String key, Value value) {
    return new KeyPut(key, value, 0, OptionalLong.empty());
  }

  /** The same, and the key goes with that lease. */
  public KeyPut underLease(long lease) {
    return new KeyPut(key, value, lease, expectedRevision);
  }

  /** The same, if the key was last changed at that revision; 0: if there is none. */
  public KeyPut expecting(long revision) {
    return new KeyPut(key, value, leaseId, OptionalLong.of(revision));
  }
}
