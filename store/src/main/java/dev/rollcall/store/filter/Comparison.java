package dev.rollcall.store.filter;

/** How two values compare. */
enum Comparison {
  EQUAL("=="),
  NOT_EQUAL("!="),
  LESS("<"),
  LESS_OR_EQUAL("<="),
  GREATER(">"),
  GREATER_OR_EQUAL(">=");

  private final String symbol;

  Comparison(String symbol) {
    this.symbol = symbol;
  }

  /** As it is written. */
  String symbol() {
    return symbol;
  }

  boolean isEquality() {
    return this == EQUAL || this == NOT_EQUAL;
  }

  /**
   * Whether it holds.
   *
   * @param order of the left to the right: negative, 0 or positive
   */
  boolean holds(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }
}
