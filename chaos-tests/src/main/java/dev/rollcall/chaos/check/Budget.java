package dev.rollcall.chaos.check;

import java.util.function.BooleanSupplier;

/**
 * How long a search may take: in steps of the model, so that a verdict does not depend on the
 * machine, and at the shell in time as well.
 */
public final class Budget {
  private static final long STEPS_BETWEEN_LOOKS = 4096;

  private final long stepsMax;
  private final BooleanSupplier isLate;
  private long spent;
  private boolean isOver;

  /**
   * @param isLate asked now and then
   */
  Budget(long stepsMax, BooleanSupplier isLate) {
    this.stepsMax = stepsMax;
    this.isLate = isLate;
  }

  /** Steps alone. */
  public static Budget ofSteps(long stepsMax) {
    return new Budget(stepsMax, () -> false);
  }

  /** Takes one step, if there is one left. */
  boolean spend() {
    isOver |= spent >= stepsMax || (spent % STEPS_BETWEEN_LOOKS == 0 && isLate.getAsBoolean());
    if (!isOver) {
      spent++;
    }
    return !isOver;
  }

  long spent() {
    return spent;
  }
}
