package dev.rollcall.client;

/**
 * Which instances to look up.
 *
 * @param service whose
 * @param filter only those for which this expression holds, such as {@code meta.env == prod and
 *     semver(version) >= 2.3}; empty means all. The registry reads it, and refuses what is none
 *     with {@link Reason#INVALID_FILTER}
 * @param consistency how fresh
 */
public record Lookup(String service, String filter, Consistency consistency) {
  /** All instances of a service, linearizable. */
  public static Lookup of(String service) {
    return new Lookup(service, "", Consistency.linearizable());
  }

  /** The same for those for which the expression holds. */
  public Lookup withFilter(String expression) {
    return new Lookup(service, expression, consistency);
  }

  /** The same, as fresh as said. */
  public Lookup withConsistency(Consistency level) {
    return new Lookup(service, filter, level);
  }
}
