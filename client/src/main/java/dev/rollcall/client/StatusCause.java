package dev.rollcall.client;

/** Why an instance is to be taken for what {@link ServiceInstance#effectiveStatus} says. */
public enum StatusCause {
  /** It says so. */
  REPORTED,
  /** An operator says so. */
  OVERRIDE,
  /** It drains. */
  DRAINING,
  /** It terminates. */
  TERMINATING,
  /** It said so, but fell silent while too many others did: prefer others. */
  SUSPECT,
  /** One that this version does not know. */
  UNKNOWN
}
