package dev.rollcall.client.changes;

/** Why an instance or a key went. */
public enum RemoveCause {
  /** It was deregistered or deleted; an instance also when its lease was revoked. */
  REQUESTED,
  /** The lease of an instance expired; that of a key expired or was revoked. */
  LEASE_ENDED,
  /** It is registered, but no longer fits the filter. */
  FILTERED,
  /** Something that this version of the client does not know. */
  OTHER
}
