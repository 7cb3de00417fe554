package dev.rollcall.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.nio.ByteBuffer;

/**
 * Keys of rows: a byte that names the table, then parts which sort as their values do. Numbers are
 * not negative and stand in big-endian order; names are folded and end with NUL, which neither
 * names nor keys contain.
 *
 * <pre>
 * b                                   where a snapshot came from; stays on this node
 * c revision                          the change log: ChangeRow
 * e namespace 0 service               revisions that only an end told: ServiceRevisionRow
 * f                                   the feature level agreed on: FeatureLevelRow
 * g namespace                         guards against mass expiry: GuardRow
 * i namespace 0 service 0 instance id   live instances: rollcall.v1.Instance
 * k namespace 0 key                   keys and values: KeyRow
 * l lease id                          leases: LeaseRow
 * m                                   counters: MetaRow
 * o session id, sequence              outcomes that sessions keep: OutcomeRecord
 * p namespace 0 service               specs of services: rollcall.v1.ServiceSpec
 * r namespace 0 service 0 instance id   updated instances as registered: rollcall.v1.Instance
 * s session id                        sessions: SessionRow
 * v namespace 0 service 0 instance id   overrides: OverrideRow
 * </pre>
 */
final class RowKeys {
  static final byte ORIGIN = 'b';
  static final byte CHANGES = 'c';
  static final byte REVISIONS = 'e';
  static final byte FEATURE_LEVEL = 'f';
  static final byte GUARDS = 'g';
  static final byte INSTANCES = 'i';
  static final byte KEYS = 'k';
  static final byte LEASES = 'l';
  static final byte META = 'm';
  static final byte OUTCOMES = 'o';
  static final byte SPECS = 'p';
  static final byte REGISTERED = 'r';
  static final byte SESSIONS = 's';
  static final byte OVERRIDES = 'v';

  private RowKeys() {}

  static byte[] meta() {
    return new byte[] {META};
  }

  static byte[] featureLevel() {
    return new byte[] {FEATURE_LEVEL};
  }

  static byte[] origin() {
    return new byte[] {ORIGIN};
  }

  /** Where the rows begin that are the same on every node. */
  static byte[] firstReplicated() {
    return new byte[] {ORIGIN + 1};
  }

  static byte[] change(long revision) {
    return ByteBuffer.allocate(9).put(CHANGES).putLong(revision).array();
  }

  static byte[] lease(long leaseId) {
    return ByteBuffer.allocate(9).put(LEASES).putLong(leaseId).array();
  }

  static byte[] guard(String foldedNamespace) {
    byte[] namespace = foldedNamespace.getBytes(US_ASCII);
    return ByteBuffer.allocate(1 + namespace.length).put(GUARDS).put(namespace).array();
  }

  /** The namespace in the key of a guard. */
  static String guardedNamespace(byte[] key) {
    return new String(key, 1, key.length - 1, US_ASCII);
  }

  static byte[] session(long sessionId) {
    return ByteBuffer.allocate(9).put(SESSIONS).putLong(sessionId).array();
  }

  static byte[] outcome(long sessionId, long sequence) {
    return ByteBuffer.allocate(17).put(OUTCOMES).putLong(sessionId).putLong(sequence).array();
  }

  static byte[] spec(ServiceKey key) {
    return ofService(SPECS, key);
  }

  static byte[] revision(ServiceKey key) {
    return ofService(REVISIONS, key);
  }

  private static byte[] ofService(byte table, ServiceKey key) {
    byte[] namespace = key.foldedNamespace().getBytes(US_ASCII);
    byte[] service = key.foldedName().getBytes(US_ASCII);
    return ByteBuffer.allocate(2 + namespace.length + service.length)
        .put(table)
        .put(namespace)
        .put((byte) 0)
        .put(service)
        .array();
  }

  static byte[] key(String foldedNamespace, String key) {
    byte[] namespace = foldedNamespace.getBytes(US_ASCII);
    byte[] name = key.getBytes(UTF_8);
    return ByteBuffer.allocate(2 + namespace.length + name.length)
        .put(KEYS)
        .put(namespace)
        .put((byte) 0)
        .put(name)
        .array();
  }

  static byte[] instance(InstanceKey key) {
    return ofInstance(INSTANCES, key);
  }

  static byte[] registered(InstanceKey key) {
    return ofInstance(REGISTERED, key);
  }

  static byte[] override(InstanceKey key) {
    return ofInstance(OVERRIDES, key);
  }

  /** What a table's rows are, for people. */
  static String tableName(byte table) {
    return switch (table) {
      case CHANGES -> "changes";
      case FEATURE_LEVEL -> "feature level";
      case GUARDS -> "guards";
      case INSTANCES -> "instances";
      case KEYS -> "keys";
      case LEASES -> "leases";
      case META -> "counters";
      case OUTCOMES -> "outcomes";
      case REGISTERED -> "registered as";
      case REVISIONS -> "service revisions";
      case SPECS -> "specs";
      case SESSIONS -> "sessions";
      case OVERRIDES -> "overrides";
      default -> "unknown";
    };
  }

  /** How much of an instance's key is the same for its whole service. */
  static int serviceLength(byte[] key) {
    int end = key.length;
    while (end > 0 && key[end - 1] != 0) {
      end--;
    }
    return end;
  }

  /** Where a table begins. */
  static byte[] from(byte table) {
    return new byte[] {table};
  }

  /** Where the next table could begin. */
  static byte[] to(byte table) {
    return new byte[] {(byte) (table + 1)};
  }

  /** The number that begins at this byte of a key. */
  static long number(byte[] key, int at) {
    return ByteBuffer.wrap(key).getLong(at);
  }

  private static byte[] ofInstance(byte table, InstanceKey key) {
    byte[] namespace = key.service().foldedNamespace().getBytes(US_ASCII);
    byte[] service = key.service().foldedName().getBytes(US_ASCII);
    byte[] id = key.instanceId().getBytes(US_ASCII);
    return ByteBuffer.allocate(3 + namespace.length + service.length + id.length)
        .put(table)
        .put(namespace)
        .put((byte) 0)
        .put(service)
        .put((byte) 0)
        .put(id)
        .array();
  }
}
