package dev.rollcall.cli.lb;

/** Weights of instances, 0 to 65535, as weights of servers, 0 to 256. */
final class Weights {
  /** The highest that a server can have. */
  static final int MAX = 256;

  private Weights() {}

  /**
   * The weight as it is where all fit, else all divided by the same power of two: proportions stay,
   * and a change of one leaves most others as they are. Whoever has a weight keeps one.
   *
   * @param highest of all instances of the backend
   */
  static int scaled(int weight, int highest) {
    int shift = 0;
    while (highest >> shift > MAX) {
      shift++;
    }
    return weight == 0 ? 0 : Math.max(1, weight >> shift);
  }
}
