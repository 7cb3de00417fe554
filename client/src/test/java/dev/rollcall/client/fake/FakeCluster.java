package dev.rollcall.client.fake;

import com.google.protobuf.ByteString;
import dev.rollcall.client.ChannelFactory;
import dev.rollcall.v1.DeletedKey;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.RemovedInstance;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What the nodes of a fake registry agree on: the log of changes, the instances, the leases. Obeys
 * the comments of the interface's definition; the leader is nobody in particular.
 */
public final class FakeCluster {
  private final VirtualLoop loop;
  private final String serverPrefix = UUID.randomUUID() + "/";
  private final List<FakeNode> nodes = new ArrayList<>();
  private final List<Change> log = new ArrayList<>();
  private final Map<InstanceKey, Instance> instances = new HashMap<>();
  private final Map<InstanceKey, Instance> tombstones = new HashMap<>();
  private final Map<Long, FakeLease> leases = new TreeMap<>();
  private final FakeKeySpace keys = new FakeKeySpace(this);
  private long lastSessionId;
  private long compactRevision;
  private ByteString clusterId = id(1);
  private ByteString historyId = id(2);
  private long revision = 100;
  private long lastLeaseId;
  private boolean hasQuorum = true;

  /** What happened in one service, or to keys, at one revision. */
  record Change(
      long revision,
      String service,
      List<Instance> upserts,
      List<RemovedInstance> removes,
      List<KeyValue> puts,
      List<DeletedKey> deleted) {
    Change(long revision, String service, List<Instance> upserts, List<RemovedInstance> removes) {
      this(revision, service, upserts, removes, List.of(), List.of());
    }

    static Change ofKeys(long revision, List<KeyValue> puts, List<DeletedKey> deleted) {
      return new Change(revision, "", List.of(), List.of(), puts, deleted);
    }
  }

  /** Nodes named {@code node-1:7400} and so on, all up. */
  public FakeCluster(VirtualLoop loop, int size) {
    this.loop = loop;
    for (int i = 1; i <= size; i++) {
      FakeNode node = new FakeNode(this, loop, "node-" + i + ":7400", id(10 + i));
      nodes.add(node);
      node.start();
    }
  }

  private static ByteString id(int number) {
    byte[] bytes = new byte[16];
    bytes[15] = (byte) number;
    return ByteString.copyFrom(bytes);
  }

  /** Connections to the nodes by their addresses. */
  public ChannelFactory channels() {
    return address -> InProcessChannelBuilder.forName(serverName(address)).directExecutor().build();
  }

  String serverName(String address) {
    return serverPrefix + address;
  }

  /** For {@code RegistryClientBuilder.endpoints}. */
  public String endpoints() {
    return nodes.stream().map(FakeNode::address).collect(Collectors.joining(","));
  }

  public List<FakeNode> nodes() {
    return nodes;
  }

  /** Counts from 0. */
  public FakeNode node(int index) {
    return nodes.get(index);
  }

  public void stop() {
    nodes.forEach(FakeNode::kill);
  }

  /** Without a quorum nothing is written or confirmed, and nothing expires. */
  public void quorum(boolean present) {
    if (present && !hasQuorum) {
      // A new leader gives every lease its whole time.
      leases.values().forEach(lease -> lease.renewedAtNanos = loop.nanoTime());
    }
    hasQuorum = present;
    nodes.forEach(node -> node.stale(!present));
  }

  boolean hasQuorum() {
    return hasQuorum;
  }

  /** Another cluster answers under the same addresses. */
  public void becomeAnotherCluster() {
    clusterId = id(77);
  }

  /** As after a restore from a backup: another history, an earlier state, no leases. */
  public void restore(int revisionsLost) {
    historyId = id(historyId.byteAt(15) + 100);
    List<Change> kept = List.copyOf(log.subList(0, Math.max(0, log.size() - revisionsLost)));
    log.clear();
    instances.clear();
    tombstones.clear();
    leases.clear();
    revision -= revisionsLost;
    for (Change change : kept) {
      log.add(change);
      change.upserts.forEach(it -> instances.put(key(it), it));
      change.removes.forEach(it ->
          instances
              .keySet()
              .removeIf(key ->
                  key.getInstanceId().equals(it.getInstanceId())
                      && key.getService().equals(change.service)));
    }
    keys.restore(log);
    nodes.forEach(FakeNode::reload);
  }

  ByteString clusterId() {
    return clusterId;
  }

  ByteString historyId() {
    return historyId;
  }

  List<Change> log() {
    return log;
  }

  public long revision() {
    return revision;
  }

  public Map<Long, FakeLease> leases() {
    return leases;
  }

  /** The change log forgets what was before a revision. */
  public void compact(long revision) {
    compactRevision = revision;
  }

  long compactRevision() {
    return compactRevision;
  }

  /** The keys there are. */
  public FakeKeySpace keys() {
    return keys;
  }

  long nextRevision() {
    return ++revision;
  }

  long openSession() {
    return ++lastSessionId;
  }

  /** A lease that carries nothing yet. */
  FakeLease grant(Duration ttl) {
    FakeLease lease =
        new FakeLease(
            ++lastLeaseId,
            ttl,
            InstanceKey.getDefaultInstance(),
            Instance.getDefaultInstance(),
            loop.nanoTime());
    leases.put(lease.id, lease);
    watchLease(lease);
    return lease;
  }

  /** Ends a lease with all that it carries. */
  public void revoke(long leaseId) {
    FakeLease lease = leases.get(leaseId);
    if (lease == null) {
      throw Refusals.of(ErrorReason.LEASE_NOT_FOUND, "no such lease");
    }
    end(lease);
  }

  private void end(FakeLease lease) {
    if (lease.key.equals(InstanceKey.getDefaultInstance())) {
      leases.remove(lease.id);
      keys.endLease(lease.id);
    } else {
      remove(lease.key.getService(), lease.key.getInstanceId(), 0);
    }
  }

  /** Every instance of a service there is, in order of id. */
  public List<Instance> instances(String service) {
    return instances.values().stream()
        .filter(it -> it.getService().equals(service.toLowerCase(Locale.ROOT)))
        .sorted((a, b) -> a.getInstanceId().compareTo(b.getInstanceId()))
        .toList();
  }

  static InstanceKey key(Instance instance) {
    return key(instance.getService(), instance.getInstanceId());
  }

  static InstanceKey key(String service, String instanceId) {
    return InstanceKey.newBuilder()
        .setNamespace("default")
        .setService(service.toLowerCase(Locale.ROOT))
        .setInstanceId(instanceId)
        .build();
  }

  /** Registers on behalf of nobody in particular: a lease that never ends by itself. */
  public long put(Instance instance) {
    return register(instance, Duration.ofDays(1)).revision;
  }

  /** Registers and leaves it to the caller to keep it alive; answers the lease. */
  public long lease(Instance instance, Duration ttl) {
    return register(instance, ttl).lease.id;
  }

  /** What a registration came to. */
  record Registered(long revision, FakeLease lease) {}

  Registered register(Instance wanted, Duration ttl) {
    Instance instance =
        wanted.toBuilder().setService(wanted.getService().toLowerCase(Locale.ROOT)).build();
    InstanceKey key = key(instance);
    Instance live = instances.get(key);
    if (instance.getEndpointsCount() == 0) {
      throw Refusals.of(ErrorReason.ENDPOINT_REQUIRED, "an instance needs at least one endpoint");
    }
    Instance dead = tombstones.get(key);
    if (live == null && dead != null && instance.getIncarnation() <= dead.getIncarnation()) {
      throw Refusals.stale(dead.getIncarnation());
    }
    if (live != null && instance.getIncarnation() < live.getIncarnation()) {
      throw Refusals.stale(live.getIncarnation());
    }
    if (live != null && instance.getIncarnation() == live.getIncarnation()) {
      FakeLease lease = leases.get(live.getLeaseId());
      if (lease == null || !lease.isRepeat(instance)) {
        throw Refusals.of(ErrorReason.INVALID_REQUEST, "same incarnation, other content");
      }
      return new Registered(live.getCreateRevision(), lease);
    }
    if (live != null) {
      leases.remove(live.getLeaseId());
    }
    FakeLease lease = new FakeLease(++lastLeaseId, ttl, key, instance, loop.nanoTime());
    leases.put(lease.id, lease);
    watchLease(lease);
    revision++;
    Instance stored =
        instance.toBuilder()
            .setLeaseId(lease.id)
            .setCreateRevision(revision)
            .setModRevision(revision)
            .build();
    instances.put(key, stored);
    commit(new Change(revision, key.getService(), List.of(stored), List.of()));
    return new Registered(revision, lease);
  }

  Instance update(
      InstanceKey key, long incarnation, java.util.function.UnaryOperator<Instance> edit) {
    Instance live = instances.get(key);
    if (live == null) {
      throw Refusals.of(ErrorReason.INSTANCE_NOT_FOUND, "no such instance");
    }
    if (incarnation != 0 && incarnation != live.getIncarnation()) {
      throw Refusals.stale(live.getIncarnation());
    }
    Instance edited = edit.apply(live);
    if (edited.equals(live)) {
      return live;
    }
    Instance stored = edited.toBuilder().setModRevision(++revision).build();
    instances.put(key, stored);
    commit(new Change(revision, key.getService(), List.of(stored), List.of()));
    return stored;
  }

  /** Removes an instance; the incarnation 0 means whatever is there. */
  public long remove(String service, String instanceId, long incarnation) {
    InstanceKey key = key(service, instanceId);
    Instance live = instances.get(key);
    if (live == null) {
      Instance dead = tombstones.get(key);
      if (dead != null && (incarnation == 0 || incarnation == dead.getIncarnation())) {
        return dead.getModRevision();
      }
      throw Refusals.of(ErrorReason.INSTANCE_NOT_FOUND, "no such instance");
    }
    if (incarnation != 0 && incarnation < live.getIncarnation()) {
      throw Refusals.stale(live.getIncarnation());
    }
    leases.remove(live.getLeaseId());
    instances.remove(key);
    revision++;
    tombstones.put(key, live.toBuilder().setModRevision(revision).build());
    RemovedInstance removed =
        RemovedInstance.newBuilder()
            .setInstanceId(instanceId)
            .setIncarnation(live.getIncarnation())
            .build();
    commit(new Change(revision, key.getService(), List.of(), List.of(removed)));
    return revision;
  }

  /** Ends the lease of an instance as if it had lapsed. */
  public void expire(String service, String instanceId) {
    remove(service, instanceId, 0);
  }

  private void watchLease(FakeLease lease) {
    long leftNanos = lease.renewedAtNanos + lease.ttl.toNanos() - loop.nanoTime();
    loop.schedule(
        Duration.ofNanos(Math.max(leftNanos, 1)),
        () -> {
          if (leases.get(lease.id) != lease) {
            return;
          }
          if (!hasQuorum || lease.renewedAtNanos + lease.ttl.toNanos() > loop.nanoTime()) {
            if (!hasQuorum) {
              lease.renewedAtNanos = loop.nanoTime();
            }
            watchLease(lease);
            return;
          }
          end(lease);
        });
  }

  void commit(Change change) {
    log.add(change);
    nodes.forEach(FakeNode::catchUp);
  }

  /** A lease and the one instance it keeps. */
  public static final class FakeLease {
    final long id;
    final Duration ttl;
    final InstanceKey key;
    private final Instance asked;
    long renewedAtNanos;
    int renewals;

    FakeLease(long id, Duration ttl, InstanceKey key, Instance asked, long nowNanos) {
      this.id = id;
      this.ttl = ttl;
      this.key = key;
      this.asked = asked;
      this.renewedAtNanos = nowNanos;
    }

    boolean isRepeat(Instance instance) {
      return asked.equals(instance);
    }

    /** How often it was renewed. */
    public int renewals() {
      return renewals;
    }
  }
}
