package dev.rollcall.client;

/** How callers should choose among the instances of a service; a hint. */
public enum LoadBalancing {
  /** Left to the caller. */
  UNSPECIFIED,
  /** In turn, weights respected. */
  ROUND_ROBIN,
  /** At random, weights respected. */
  RANDOM,
  /** The less loaded of two chosen at random. */
  POWER_OF_TWO,
  /** The one with the fewest requests under way. */
  LEAST_REQUEST,
  /** By a hash of the request. */
  RING_HASH
}
