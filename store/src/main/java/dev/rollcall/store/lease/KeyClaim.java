package dev.rollcall.store.lease;

/**
 * How many keys a lease carries, or more, or fewer.
 *
 * @param bytes of keys and values
 */
public record KeyClaim(int keys, long bytes) {
  static final KeyClaim NONE = new KeyClaim(0, 0);

  /** Both together. */
  public KeyClaim plus(KeyClaim other) {
    return new KeyClaim(keys + other.keys, bytes + other.bytes);
  }
}
