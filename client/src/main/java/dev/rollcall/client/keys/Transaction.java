package dev.rollcall.client.keys;

import java.util.List;

/**
 * Compares, then does one thing or another: all at one revision, all or nothing. Each operation
 * sees what those before it did; no two may set the same key.
 *
 * @param compares all must hold, up to 128
 * @param success what is done when they do, in order, up to 128
 * @param failure what is done when one does not, likewise
 */
public record Transaction(
    List<Compare> compares, List<KeyOperation> success, List<KeyOperation> failure) {
  /** Keeps lists of its own. */
  public Transaction {
    compares = List.copyOf(compares);
    success = List.copyOf(success);
    failure = List.copyOf(failure);
  }

  /** Begins with what must hold; nothing means that it always does. */
  public static Transaction when(Compare... compares) {
    return new Transaction(List.of(compares), List.of(), List.of());
  }

  /** The same, and this is done when all compares hold. */
  public Transaction then(KeyOperation... operations) {
    return new Transaction(compares, List.of(operations), failure);
  }

  /** The same, and this is done when one compare does not hold. */
  public Transaction otherwise(KeyOperation... operations) {
    return new Transaction(compares, success, List.of(operations));
  }
}
