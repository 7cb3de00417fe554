package dev.rollcall.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.rollcall.storage.v1.FeatureLevelRow;
import dev.rollcall.storage.v1.GuardRow;
import dev.rollcall.storage.v1.KeyRow;
import dev.rollcall.storage.v1.LeaseRow;
import dev.rollcall.storage.v1.MetaRow;
import dev.rollcall.storage.v1.OverrideRow;
import dev.rollcall.storage.v1.ServiceRevisionRow;
import dev.rollcall.storage.v1.SessionRow;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.request.Session;
import java.util.List;
import java.util.Map;

/**
 * Rows between values and bytes. What decodes throws {@link IllegalArgumentException} when the
 * bytes are no such row.
 */
final class RowCodec {
  /** Of all rows; rises when an older version could not read them. */
  static final int FORMAT = 3;

  private RowCodec() {}

  static byte[] encode(Counters counters) {
    return ProtoBytes.of(
        MetaRow.newBuilder()
            .setFormat(FORMAT)
            .setLastApplied(counters.lastApplied)
            .setRevision(counters.revision)
            .setLastLeaseId(counters.lastLeaseId)
            .setLastSessionId(counters.lastSessionId)
            .setWallMillis(counters.wallMillis)
            .setCompactRevision(counters.compactRevision)
            .setDigest(ByteString.copyFrom(counters.digest.bytes()))
            .build());
  }

  /**
   * The counters.
   *
   * @throws UnknownFormat when a later version wrote them, or one from before the first release
   */
  static Counters counters(byte[] row) {
    var message = parse(MetaRow.parser(), row);
    if (message.getFormat() != FORMAT) {
      throw new UnknownFormat("the store", message.getFormat(), FORMAT);
    }
    if (message.getDigest().size() != Digest.BYTES) {
      throw new IllegalArgumentException("a digest of " + message.getDigest().size() + " bytes");
    }
    var counters = new Counters();
    counters.lastApplied = message.getLastApplied();
    counters.revision = message.getRevision();
    counters.compactRevision = message.getCompactRevision();
    counters.lastLeaseId = message.getLastLeaseId();
    counters.lastSessionId = message.getLastSessionId();
    counters.wallMillis = message.getWallMillis();
    counters.digest = new Digest(message.getDigest().toByteArray());
    return counters;
  }

  static byte[] encodeFeatureLevel(int level) {
    return ProtoBytes.of(FeatureLevelRow.newBuilder().setLevel(level).build());
  }

  static int featureLevel(byte[] row) {
    int level = parse(FeatureLevelRow.parser(), row).getLevel();
    if (level < Features.FIRST_LEVEL) {
      throw new IllegalArgumentException("feature level " + level);
    }
    return level;
  }

  static byte[] encode(RegisteredInstance instance) {
    return ProtoBytes.of(instance.message());
  }

  static RegisteredInstance instance(byte[] row, Interner interner) {
    return InstanceCodec.registeredFromMessage(
        parse(dev.rollcall.v1.Instance.parser(), row), interner);
  }

  /** What an instance was registered as. */
  static byte[] encode(Instance registered) {
    return ProtoBytes.of(InstanceCodec.toMessage(registered));
  }

  static Instance registered(byte[] row, Interner interner) {
    return InstanceCodec.fromMessage(parse(dev.rollcall.v1.Instance.parser(), row), interner);
  }

  /** The last change of a service. */
  static byte[] encodeRevision(ServiceKey service, long revision) {
    return ProtoBytes.of(
        ServiceRevisionRow.newBuilder()
            .setNamespace(service.namespace())
            .setService(service.name())
            .setRevision(revision)
            .build());
  }

  /** The service, and its last change. */
  static Map.Entry<ServiceKey, Long> revision(byte[] row) {
    var message = parse(ServiceRevisionRow.parser(), row);
    return Map.entry(
        new ServiceKey(message.getNamespace(), message.getService()), message.getRevision());
  }

  static byte[] encode(RegisteredSpec spec) {
    return ProtoBytes.of(SpecCodec.toMessage(spec));
  }

  static RegisteredSpec spec(byte[] row) {
    return SpecCodec.registeredFromMessage(parse(dev.rollcall.v1.ServiceSpec.parser(), row));
  }

  static byte[] encode(KeyEntry entry) {
    return ProtoBytes.of(
        KeyRow.newBuilder()
            .setNamespace(entry.foldedNamespace())
            .setKey(KeyCodec.toMessage(entry))
            .build());
  }

  static KeyEntry key(byte[] row) {
    var message = parse(KeyRow.parser(), row);
    return KeyCodec.fromMessage(message.getNamespace(), message.getKey());
  }

  static byte[] encode(InstanceKey key, StatusOverride override) {
    return ProtoBytes.of(
        OverrideRow.newBuilder()
            .setKey(InstanceCodec.toMessage(key))
            .setOverride(StandingCodec.toMessage(override))
            .build());
  }

  /** The override, and whose it is. */
  static Map.Entry<InstanceKey, StatusOverride> override(byte[] row) {
    var message = parse(OverrideRow.parser(), row);
    return Map.entry(
        InstanceCodec.fromMessage(message.getKey()),
        StandingCodec.fromMessage(message.getOverride()));
  }

  static byte[] encode(Lease lease) {
    return ProtoBytes.of(
        LeaseRow.newBuilder()
            .setTtlMillis(lease.ttlMillis())
            .setNamespace(lease.foldedNamespace())
            .setEndsWithLastInstance(lease.endsWithLastInstance())
            .setSuspect(lease.isSuspect())
            .build());
  }

  /** The lease; which instances it carries, their rows say. */
  static Lease lease(long id, byte[] row, List<InstanceKey> instances) {
    var message = parse(LeaseRow.parser(), row);
    return new Lease(
        id,
        message.getTtlMillis(),
        message.getNamespace(),
        message.getEndsWithLastInstance(),
        message.getSuspect(),
        instances);
  }

  static byte[] encode(Guard guard) {
    return ProtoBytes.of(
        GuardRow.newBuilder()
            .setEngaged(guard.isEngaged())
            .setSinceWallMillis(guard.sinceWallMillis())
            .setLeases(guard.leases())
            .setReleasedBy(guard.releasedBy())
            .build());
  }

  static Guard guard(String foldedNamespace, byte[] row) {
    var message = parse(GuardRow.parser(), row);
    return new Guard(
        foldedNamespace,
        message.getEngaged(),
        message.getSinceWallMillis(),
        message.getLeases(),
        message.getReleasedBy());
  }

  static byte[] encode(Session session) {
    return ProtoBytes.of(
        SessionRow.newBuilder()
            .setLastWriteWallMillis(session.lastWriteWallMillis())
            .setLowestUnacknowledged(session.lowestUnacknowledged())
            .build());
  }

  /** The session; the outcomes it keeps are rows of their own. */
  static Session session(long id, byte[] row) {
    var message = parse(SessionRow.parser(), row);
    return new Session(id, message.getLastWriteWallMillis(), message.getLowestUnacknowledged());
  }

  private static <T> T parse(Parser<T> parser, byte[] row) {
    try {
      return parser.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
