package dev.rollcall.client;

/**
 * Which instances to look up, and which of them first.
 *
 * @param service whose
 * @param filter only those for which this expression holds, such as {@code meta.env == prod and
 *     semver(version) >= 2.3}; empty means all. The registry reads it, and refuses what is none
 *     with {@link Reason#INVALID_FILTER}
 * @param subset only those of this subset of the service's spec; empty means all. One that it does
 *     not name is refused with {@link Reason#SUBSET_NOT_FOUND}
 * @param healthyOnly whether only those that are to get traffic are wanted: those that are UP
 * @param endpoint only those that have an endpoint of this name; empty means all. They come whole,
 *     with their other endpoints
 * @param near where the caller is: instances of its sub-zone come first, then those of its zone,
 *     then those of its region, then all others, each of these in order of id. A part that is empty
 *     is not compared; {@link Locality#NONE} makes all alike
 * @param limit at most this many, the first of that order; 0 means all
 * @param consistency how fresh
 */
public record Lookup(
    String service,
    String filter,
    String subset,
    boolean healthyOnly,
    String endpoint,
    Locality near,
    int limit,
    Consistency consistency) {
  /**
   * Checks the limit.
   *
   * @throws RegistryException.InvalidRequest when it is negative
   */
  public Lookup {
    if (limit < 0) {
      throw Rules.invalid(Reason.INVALID_REQUEST, "limit must not be negative: " + limit);
    }
  }

  /** All instances of a service, linearizable. */
  public static Lookup of(String service) {
    return new Lookup(service, "", "", false, "", Locality.NONE, 0, Consistency.linearizable());
  }

  /** The same for those for which the expression holds. */
  public Lookup withFilter(String expression) {
    return new Lookup(service, expression, subset, healthyOnly, endpoint, near, limit, consistency);
  }

  /** The same for those of a subset of the service's spec. */
  public Lookup withSubset(String name) {
    return new Lookup(service, filter, name, healthyOnly, endpoint, near, limit, consistency);
  }

  /** The same for those that are to get traffic. */
  public Lookup withHealthyOnly() {
    return new Lookup(service, filter, subset, true, endpoint, near, limit, consistency);
  }

  /** The same for those with an endpoint of this name. */
  public Lookup withEndpoint(String name) {
    return new Lookup(service, filter, subset, healthyOnly, name, near, limit, consistency);
  }

  /** The same, the nearest to this place first. */
  public Lookup withNear(Locality place) {
    return new Lookup(service, filter, subset, healthyOnly, endpoint, place, limit, consistency);
  }

  /** The same for at most so many. */
  public Lookup withLimit(int instances) {
    return new Lookup(service, filter, subset, healthyOnly, endpoint, near, instances, consistency);
  }

  /** The same, as fresh as said. */
  public Lookup withConsistency(Consistency level) {
    return new Lookup(service, filter, subset, healthyOnly, endpoint, near, limit, level);
  }
}
