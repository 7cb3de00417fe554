package dev.rollcall.client;

/** What an instance reports about itself. */
public enum InstanceStatus {
  /** Ready for traffic. */
  UP,
  /** Running, not yet ready for traffic. */
  STARTING,
  /** Running, not able to serve. */
  DOWN,
  /** Taken out of traffic on purpose. */
  OUT_OF_SERVICE,
  /** Something a newer server says and this client does not know; treat as not ready. */
  UNKNOWN
}
