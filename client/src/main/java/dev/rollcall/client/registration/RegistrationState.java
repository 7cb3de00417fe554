package dev.rollcall.client.registration;

/**
 * Where a registration stands.
 *
 * <pre>
 * REGISTERING → REGISTERED     the registry acknowledged it
 * REGISTERED → SUSPENDED       0.8 of the TTL went by without a confirmed keepalive
 * SUSPENDED → REGISTERED       a keepalive was confirmed after all
 * REGISTERED, SUSPENDED → RE_REGISTERING   the registry does not know the lease any more
 * RE_REGISTERING → REGISTERED  acknowledged again, with a higher incarnation
 * any → CLOSED                 closed by its owner
 * any but CLOSED → FAILED      the registry refused it for good, or a later life took its place
 * </pre>
 */
public enum RegistrationState {
  /** Not acknowledged yet; attempts go on until closed. */
  REGISTERING,
  /** Acknowledged, and certainly still there. */
  REGISTERED,
  /** Perhaps not there any more: the registry was not reached for too long. Attempts go on. */
  SUSPENDED,
  /** It was struck off; the handle registers it again. */
  RE_REGISTERING,
  /** Closed; nothing happens any more. */
  CLOSED,
  /**
   * Refused for good; {@link Registration#lastFailure()} says why. Close it and correct the cause.
   */
  FAILED
}
