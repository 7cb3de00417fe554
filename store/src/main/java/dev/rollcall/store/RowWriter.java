package dev.rollcall.store;

import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.request.Session;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the row operations of a range of entries, and hashes those of each entry into the
 * digest. Apply thread.
 *
 * <p>The digest after an entry is SHA-256 over the digest before, the entry's index, and per
 * operation: length of the key, key, length of the value (-1 for a removal), value. The row of
 * counters is left out: it is written per range, and where ranges end differs from node to node.
 */
final class RowWriter {
  private final MessageDigest sha256 = sha256();
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
  private List<Operation> operations = new ArrayList<>();

  /** How many of the operations are in the digest. */
  private int hashed;

  void putInstance(InstanceKey key, byte[] row) {
    put(RowKeys.instance(key), row);
  }

  void deleteInstance(InstanceKey key) {
    delete(RowKeys.instance(key));
  }

  void putLease(Lease lease) {
    put(RowKeys.lease(lease.id()), RowCodec.encode(lease));
  }

  void deleteLease(long leaseId) {
    delete(RowKeys.lease(leaseId));
  }

  void putSpec(ServiceKey service, byte[] row) {
    put(RowKeys.spec(service), row);
  }

  void deleteSpec(ServiceKey service) {
    delete(RowKeys.spec(service));
  }

  void putOverride(InstanceKey key, StatusOverride override) {
    put(RowKeys.override(key), RowCodec.encode(key, override));
  }

  void deleteOverride(InstanceKey key) {
    delete(RowKeys.override(key));
  }

  void putGuard(Guard guard) {
    put(RowKeys.guard(guard.foldedNamespace()), RowCodec.encode(guard));
  }

  void putFeatureLevel(int level) {
    put(RowKeys.featureLevel(), RowCodec.encodeFeatureLevel(level));
  }

  void putKey(KeyEntry entry, byte[] row) {
    put(RowKeys.key(entry.foldedNamespace(), entry.key()), row);
  }

  void deleteKey(KeyEntry entry) {
    delete(RowKeys.key(entry.foldedNamespace(), entry.key()));
  }

  void putChanges(long revision, byte[] row) {
    put(RowKeys.change(revision), row);
  }

  void deleteChanges(long revision) {
    delete(RowKeys.change(revision));
  }

  void putRegistered(Instance content) {
    put(RowKeys.registered(content.key()), RowCodec.encode(content));
  }

  void deleteRegistered(InstanceKey key) {
    delete(RowKeys.registered(key));
  }

  void putRevision(ServiceKey service, long revision) {
    put(RowKeys.revision(service), RowCodec.encodeRevision(service, revision));
  }

  void deleteRevision(ServiceKey service) {
    delete(RowKeys.revision(service));
  }

  void putSession(Session session) {
    put(RowKeys.session(session.id()), RowCodec.encode(session));
  }

  void deleteSession(Session session) {
    delete(RowKeys.session(session.id()));
    for (long sequence : session.sequences()) {
      deleteOutcome(session.id(), sequence);
    }
  }

  void putOutcome(long sessionId, long sequence, Outcome outcome) {
    put(RowKeys.outcome(sessionId, sequence), OutcomeCodec.encode(outcome));
  }

  void deleteOutcome(long sessionId, long sequence) {
    delete(RowKeys.outcome(sessionId, sequence));
  }

  /** The digest after this entry: over the one before and what was written since. */
  Digest endEntry(Digest before, long index) {
    sha256.update(before.bytes());
    hash(index);
    for (var operation : operations.subList(hashed, operations.size())) {
      switch (operation) {
        case Operation.Put(byte[] key, byte[] value) -> {
          hash(key.length);
          sha256.update(key);
          hash(value.length);
          sha256.update(value);
        }
        case Operation.Delete(byte[] key) -> {
          hash(key.length);
          sha256.update(key);
          hash(-1);
        }
      }
    }
    hashed = operations.size();
    return new Digest(sha256.digest());
  }

  /** Everything written since the last call, and the counters, as one batch. */
  OrderedStore.Batch drain(Counters counters) {
    put(RowKeys.meta(), RowCodec.encode(counters));
    var batch = new OrderedStore.Batch(operations);
    operations = new ArrayList<>();
    hashed = 0;
    return batch;
  }

  private void put(byte[] key, byte[] value) {
    operations.add(new Operation.Put(key, value));
  }

  private void delete(byte[] key) {
    operations.add(new Operation.Delete(key));
  }

  private void hash(long value) {
    sha256.update(number.putLong(0, value).array());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new Invariant.Violation("every Java platform has SHA-256", e);
    }
  }
}
