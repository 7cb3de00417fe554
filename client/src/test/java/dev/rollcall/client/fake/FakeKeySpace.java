package dev.rollcall.client.fake;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.DeleteCause;
import dev.rollcall.v1.DeletedKey;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.WriteId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The keys of a fake registry, and the sessions under which they are written. */
public final class FakeKeySpace {
  private final FakeCluster cluster;
  private final TreeMap<String, KeyValue> keys = new TreeMap<>();
  private final Map<WriteId, Object> outcomes = new HashMap<>();
  private final Set<Long> expiredSessions = new HashSet<>();
  private int executed;

  FakeKeySpace(FakeCluster cluster) {
    this.cluster = cluster;
  }

  /** What there is, in order. */
  public Map<String, KeyValue> all() {
    return keys;
  }

  /** One of them, which must be there. */
  public KeyValue get(String key) {
    return Objects.requireNonNull(keys.get(key));
  }

  /** How many writes were carried out, repeats not counted. */
  public int executed() {
    return executed;
  }

  /** Ends a session: it remembers nothing. */
  public void expireSession(long sessionId) {
    expiredSessions.add(sessionId);
  }

  /** Carries out a write, unless it was before. */
  <A> A once(WriteId id, Class<A> type, Supplier<A> write) {
    if (expiredSessions.contains(id.getSessionId())) {
      throw Refusals.of(ErrorReason.SESSION_EXPIRED, "no such session");
    }
    WriteId name = id.toBuilder().clearLowestUnacknowledged().build();
    Object outcome = outcomes.get(name);
    if (outcome == null) {
      outcome = write.get();
      executed++;
      outcomes.put(name, outcome);
    }
    return type.cast(outcome);
  }

  /** Sets a key on behalf of somebody. */
  public KeyValue put(String key, String value) {
    return put(key, ByteString.copyFromUtf8(value), 0, null);
  }

  KeyValue put(String key, ByteString value, long leaseId, @Nullable Long expected) {
    KeyValue before = keys.get(key);
    long modRevision = before == null ? 0 : before.getModRevision();
    if (expected != null && expected != modRevision) {
      throw Refusals.of(ErrorReason.REVISION_MISMATCH, "the key is at " + modRevision);
    }
    if (leaseId != 0 && !cluster.leases().containsKey(leaseId)) {
      throw Refusals.of(ErrorReason.LEASE_NOT_FOUND, "no such lease");
    }
    long revision = cluster.nextRevision();
    KeyValue.Builder entry =
        before == null
            ? KeyValue.newBuilder().setKey(key).setCreateRevision(revision)
            : before.toBuilder();
    KeyValue put =
        entry
            .setValue(value)
            .setModRevision(revision)
            .setVersion(before == null ? 1 : before.getVersion() + 1)
            .setLeaseId(leaseId)
            .build();
    keys.put(key, put);
    cluster.commit(FakeCluster.Change.ofKeys(revision, List.of(put), List.of()));
    return put;
  }

  /** Deletes keys on behalf of somebody; answers how many went. */
  public int delete(String key, boolean isPrefix) {
    return delete(
        keys.values().stream()
            .filter(it -> isPrefix ? it.getKey().startsWith(key) : it.getKey().equals(key))
            .toList(),
        DeleteCause.DELETE_CAUSE_DELETED);
  }

  void endLease(long leaseId) {
    delete(
        keys.values().stream().filter(it -> it.getLeaseId() == leaseId).toList(),
        DeleteCause.DELETE_CAUSE_LEASE_ENDED);
  }

  private int delete(List<KeyValue> gone, DeleteCause cause) {
    if (!gone.isEmpty()) {
      gone.forEach(it -> keys.remove(it.getKey()));
      List<DeletedKey> deleted =
          gone.stream()
              .map(it ->
                  DeletedKey.newBuilder()
                      .setKey(it.getKey())
                      .setCause(cause)
                      .setModRevision(it.getModRevision())
                      .build())
              .toList();
      cluster.commit(FakeCluster.Change.ofKeys(cluster.nextRevision(), List.of(), deleted));
    }
    return gone.size();
  }

  /** As it was when the log ended so. */
  void restore(List<FakeCluster.Change> log) {
    keys.clear();
    for (FakeCluster.Change change : log) {
      change.deleted().forEach(it -> keys.remove(it.getKey()));
      change.puts().forEach(it -> keys.put(it.getKey(), it));
    }
  }
}
