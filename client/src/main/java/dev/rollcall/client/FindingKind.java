package dev.rollcall.client;

/** What has a say in whether an instance gets traffic. */
public enum FindingKind {
  /** Nothing is known of such an instance. */
  UNKNOWN_INSTANCE,
  /** It was removed. */
  REMOVED,
  /** It is registered. */
  REGISTERED,
  /** What keeps it registered. */
  LEASE,
  /** Its lease lapsed and is kept only by the guard against mass expiry. */
  SUSPECT,
  /** What it reports of itself. */
  REPORTED,
  /** It drains, or terminates. */
  LIFECYCLE,
  /** An operator overrides what it reports. */
  OVERRIDE,
  /** Its weight is 0. */
  WEIGHT,
  /** Whether it has the endpoint that is needed. */
  ENDPOINT,
  /** Whether it belongs to the subset. */
  SUBSET,
  /** Whether the filter holds for it. */
  FILTER,
  /** How far it is from the caller. */
  NEARNESS,
  /** Something that a newer registry knows of; its sentence says what. */
  OTHER
}
