package dev.rollcall.store;

/** Versions of the software that are yet to come: with their second level came granted leases. */
public final class LaterVersion {
  /** One that knows three levels. */
  public static final Features FEATURES = knowing(3);

  private LaterVersion() {}

  static Features knowing(int level) {
    return level == Features.FIRST_LEVEL
        ? Features.CURRENT
        : new Features(level, command -> command instanceof Command.GrantLease ? 2 : 1);
  }
}
