package dev.rollcall.client;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Why a request failed: the names the registry uses, and two of the client's own. */
public enum Reason {
  /** Namespace, service or instance id outside the rules. */
  INVALID_NAME,
  /** An instance needs at least one endpoint. */
  ENDPOINT_REQUIRED,
  /** More than 16 endpoints. */
  TOO_MANY_ENDPOINTS,
  /** Endpoint host, port, protocol or name outside the rules. */
  INVALID_ENDPOINT,
  /** Metadata over 64 pairs or 16 KiB, or a key outside the rules. */
  METADATA_TOO_LARGE,
  /** More than 64 tags, or a tag outside 1 to 128 bytes. */
  INVALID_TAGS,
  /** Weight over 65535. */
  INVALID_WEIGHT,
  /** TTL below 1 s or over 24 h. */
  TTL_OUT_OF_RANGE,
  /** The encoded record is over 64 KiB. */
  RECORD_TOO_LARGE,
  /** The request is over 1.5 MiB. */
  REQUEST_TOO_LARGE,
  /** A key over 1,024 bytes, empty, or with control characters. */
  INVALID_KEY,
  /** A value over 512 KiB. */
  VALUE_TOO_LARGE,
  /** No such key. */
  KEY_NOT_FOUND,
  /** One request would delete more than 1,000 keys, or read more than 1 MiB. */
  TOO_MANY_KEYS,
  /** The stream, the connection or the node carries as many watches as it takes. */
  TOO_MANY_WATCHES,
  /** No filter, too long, or nested too deep. */
  INVALID_FILTER,
  /** Breaks a rule that has no name of its own; the message says which. */
  INVALID_REQUEST,
  /** No such instance. */
  INSTANCE_NOT_FOUND,
  /** No such lease; it expired, was revoked, or never was. */
  LEASE_NOT_FOUND,
  /** A later life of the instance is, or was, registered. */
  STALE_INCARNATION,
  /** The write was acknowledged or forgotten before; it is never executed again. */
  REQUEST_TOO_OLD,
  /** The client session is over. */
  SESSION_EXPIRED,
  /** The lease already has 1,000 instances. */
  LEASE_FULL,
  /** The node has as much in flight as it takes. */
  OVERLOADED,
  /** The leader's disk is nearly full: no registrations until it has room. */
  DISK_LOW,
  /** No leader with a quorum was found in time. */
  NO_QUORUM,
  /** The write may or may not take effect. */
  OUTCOME_UNKNOWN,
  /** The node is starting or stopping. */
  NOT_READY,
  /** The revision asked for is no longer in the change log. */
  COMPACTED,
  /** The request names another history or another cluster. */
  HISTORY_CHANGED,
  /** Known to the interface, not built into the server's version. */
  NOT_SUPPORTED,
  /** The node did not reach the revision, or the lag, that was asked for. */
  TOO_FAR_BEHIND,
  /** No member of the cluster has this node id. */
  MEMBER_NOT_FOUND,
  /** Nobody answered at the peer address given. */
  MEMBER_UNREACHABLE,
  /** The node at the peer address does not wait to be let into this cluster. */
  MEMBER_NOT_WAITING,
  /** Another change of the members was under way. */
  CHANGE_UNDER_WAY,
  /** The change makes no sense for the members as they are. */
  INVALID_CHANGE,
  /** The record is not at the revision expected: somebody else wrote it. */
  REVISION_MISMATCH,
  /** The service has no spec. */
  SPEC_NOT_FOUND,
  /** The service's spec names no such subset. */
  SUBSET_NOT_FOUND,
  /** The request needs a feature level that the cluster has not agreed on. */
  FEATURE_LEVEL_TOO_LOW,
  /** The software of a member, or of the node to be let in, does not know the feature level. */
  FEATURE_LEVEL_UNSUPPORTED,
  /** The client's own: no node answered. */
  UNREACHABLE,
  /** The client's own: none of the above; the message says more. */
  OTHER;

  private static final Map<String, Reason> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  /** The reason of that name, {@link #OTHER} when a newer server says something unknown. */
  public static Reason named(String name) {
    return BY_NAME.getOrDefault(name, OTHER);
  }
}
