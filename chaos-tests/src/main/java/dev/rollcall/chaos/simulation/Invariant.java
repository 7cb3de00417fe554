package dev.rollcall.chaos.simulation;

/** One property of the whole cluster, shown every observation, that throws when it is broken. */
interface Invariant {
  /** Looks at what happened. */
  void observe(Observation observation);

  /** Stops the run: the property named by the class does not hold. */
  default void require(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new Broken(getClass().getSimpleName(), String.format(format, arguments));
    }
  }

  /** A property of the cluster is broken. */
  final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    Broken(String invariant, String message) {
      super(invariant + ": " + message);
      this.invariant = invariant;
    }

    /** Name of the property. */
    String invariant() {
      return invariant;
    }
  }
}
