package dev.rollcall.store.instance;

/** What an instance reports about itself. */
public enum Status {
  /** Ready for traffic. */
  UP,
  /** Running, not yet ready for traffic. */
  STARTING,
  /** Running, not able to serve. */
  DOWN,
  /** Taken out of traffic on purpose. */
  OUT_OF_SERVICE
}
