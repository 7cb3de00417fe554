package dev.rollcall.chaos.process;

import java.util.Optional;

/**
 * By how much a node's clock is set; negative for back. Encoded as a line for the node's standard
 * input.
 *
 * @param nanos of the monotonic clock
 * @param millis of the wall clock
 */
record ClockJump(long nanos, long millis) {
  private static final String COMMAND = "clock";

  /** Without the end of the line. */
  String encode() {
    return "%s %d %d".formatted(COMMAND, nanos, millis);
  }

  /** Empty when the line says something else. */
  static Optional<ClockJump> decode(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 3 || !parts[0].equals(COMMAND)) {
      return Optional.empty();
    }
    return Optional.of(new ClockJump(Long.parseLong(parts[1]), Long.parseLong(parts[2])));
  }
}
