package dev.rollcall.chaos.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * One hash over everything that happened in a run, in order: equal in every JVM for the same seed,
 * or something read a clock, a random number or the order of a hash table.
 */
final class EventHash {
  private final boolean wanted;
  private final MessageDigest digest;

  EventHash(boolean wanted) {
    this.wanted = wanted;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  void add(Supplier<String> event) {
    if (wanted) {
      digest.update(event.get().getBytes(UTF_8));
      digest.update((byte) '\n');
    }
  }

  /** The hash so far; starts anew. */
  String take() {
    return wanted ? HexFormat.of().formatHex(digest.digest()) : "not taken";
  }
}
