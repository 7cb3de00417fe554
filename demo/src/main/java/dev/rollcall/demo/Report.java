package dev.rollcall.demo;

import java.io.PrintStream;

/**
 * The lines of an unattended run: each goal beside its figure. A time over its goal is said; three
 * times over it, or a lost or false result, ends the run.
 */
final class Report {
  private static final int TOLERANCE = 3;

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  /** The run ends here. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  void say(String line) {
    out.println(line);
    out.flush();
  }

  /** A time and its goal, both in seconds. */
  void time(String what, double seconds, double goalSeconds) {
    boolean isMet = seconds <= goalSeconds;
    line(what, String.format("%.2f s", seconds), String.format("<= %.1f s", goalSeconds), isMet);
    if (seconds > TOLERANCE * goalSeconds) {
      throw new Failed(what + ": more than " + TOLERANCE + " times the goal");
    }
  }

  /** A count that must be at least the goal. */
  void atLeast(String what, long count, long goal) {
    line(what, String.valueOf(count), ">= " + goal, count >= goal);
    if (count < goal) {
      throw new Failed(what + ": " + count + " is below " + goal);
    }
  }

  /** A count that must be zero. */
  void none(String what, long count) {
    line(what, String.valueOf(count), "0", count == 0);
    if (count != 0) {
      throw new Failed(what + ": " + count + ", and none was allowed");
    }
  }

  /** Something that must hold. */
  void holds(String what, boolean holds, String detail) {
    line(what, detail, "yes", holds);
    if (!holds) {
      throw new Failed(what + ": " + detail);
    }
  }

  private void line(String what, String figure, String goal, boolean isMet) {
    say(String.format("  %-58s %14s   goal %-10s %s", what, figure, goal, isMet ? "ok" : "MISSED"));
  }
}
