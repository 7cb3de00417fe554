package dev.rollcall.chaos.simulation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A run that did not pass.
 *
 * @param struck faults until then
 */
record Failure(Scenario scenario, Throwable cause, List<Struck> struck) {
  private static final String OURS = "dev.rollcall.";

  Failure {
    struck = List.copyOf(struck);
  }

  /**
   * What broke: the name of the invariant, or, of an exception in the code under test, its own and
   * where it arose. Equal for runs that fail alike.
   */
  String name() {
    return cause instanceof Invariant.Broken broken
        ? broken.invariant()
        : cause.getClass().getSimpleName() + " in " + place();
  }

  private String place() {
    for (StackTraceElement frame : cause.getStackTrace()) {
      String type = frame.getClassName();
      if (type.startsWith(OURS) && !type.endsWith(".Invariant")) {
        return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
      }
    }
    return "no code of ours";
  }

  /** Numbers of the strikes that did something. */
  Set<Integer> strikes() {
    var numbers = new TreeSet<Integer>();
    struck.stream()
        .filter(it -> it.what().isPresent())
        .forEach(it -> numbers.add(it.strike().number()));
    return numbers;
  }
}
