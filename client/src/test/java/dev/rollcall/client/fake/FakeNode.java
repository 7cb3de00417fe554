package dev.rollcall.client.fake;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.KeyValue;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResponseHeader;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One node of a fake registry: what it has applied of the cluster's log, the streams open to it,
 * and the switches by which tests harm it.
 */
public final class FakeNode {
  private final FakeCluster cluster;
  private final VirtualLoop loop;
  private final String address;
  private final ByteString nodeId;
  private final Map<String, Map<String, Instance>> services = new HashMap<>();
  private final Map<String, Long> serviceRevisions = new HashMap<>();
  private final TreeMap<String, KeyValue> keys = new TreeMap<>();
  private final List<FakeWatchStream> watchStreams = new ArrayList<>();
  private final List<FakeKeepAliveStream> keepAliveStreams = new ArrayList<>();
  private @Nullable Server server;
  private int appliedCount;
  private long appliedRevision = 100;
  private boolean isHeld;
  private boolean isStale;
  private boolean isGuarded;
  private boolean isSilent;
  private boolean isForgetful;
  private @Nullable ErrorReason failure;
  private boolean failsAfterExecuting;
  private int calls;
  private int watchesCreated;
  private final List<ResolveRequest> lookups = new ArrayList<>();
  private int instancesInAnAnswer = Integer.MAX_VALUE;
  private Runnable afterALookup = () -> {};

  FakeNode(FakeCluster cluster, VirtualLoop loop, String address, ByteString nodeId) {
    this.cluster = cluster;
    this.loop = loop;
    this.address = address;
    this.nodeId = nodeId;
  }

  public String address() {
    return address;
  }

  ByteString nodeId() {
    return nodeId;
  }

  FakeCluster cluster() {
    return cluster;
  }

  VirtualLoop loop() {
    return loop;
  }

  /** Listens. */
  public void start() {
    try {
      server =
          InProcessServerBuilder.forName(cluster.serverName(address))
              .directExecutor()
              .addService(new FakeRegistration(this))
              .addService(new FakeDiscovery(this))
              .addService(new FakeClusterService(this))
              .addService(new FakeKeys(this))
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    isHeld = false;
    catchUp();
  }

  /** As kill -9: connections break, new ones are refused. */
  public void kill() {
    Server running = server;
    if (running != null) {
      server = null;
      running.shutdownNow();
      watchStreams.clear();
      keepAliveStreams.clear();
    }
  }

  public boolean isUp() {
    return server != null;
  }

  /** Stops applying the log, or goes on. */
  public void hold(boolean held) {
    isHeld = held;
    catchUp();
  }

  /** Loses or finds its leader. */
  public void stale(boolean stale) {
    if (isStale != stale) {
      isStale = stale;
      List.copyOf(watchStreams).forEach(FakeWatchStream::freshnessChanged);
    }
  }

  boolean isStale() {
    return isStale;
  }

  /** Whether lookups say that too many leases lapse at once. */
  public void guarded(boolean guarded) {
    isGuarded = guarded;
  }

  boolean isGuarded() {
    return isGuarded;
  }

  /** Accepts everything, answers nothing. */
  public void silent(boolean silent) {
    isSilent = silent;
  }

  /** Leaves the last lease out of its answers to keepalives. */
  public void forgetful(boolean forgetful) {
    isForgetful = forgetful;
  }

  boolean isForgetful() {
    return isForgetful;
  }

  boolean isSilent() {
    return isSilent;
  }

  /** Every call with one answer fails so, before or after it was executed. */
  public void fail(@Nullable ErrorReason reason, boolean afterExecuting) {
    failure = reason;
    failsAfterExecuting = afterExecuting;
  }

  void failBefore() {
    calls++;
    if (failure != null && !failsAfterExecuting) {
      throw Refusals.of(failure, "as the test wanted");
    }
  }

  void failAfter() {
    if (failure != null && failsAfterExecuting) {
      throw Refusals.of(failure, "as the test wanted");
    }
  }

  void requireQuorum() {
    if (!cluster.hasQuorum()) {
      throw Refusals.of(ErrorReason.NO_QUORUM, "no leader with a quorum");
    }
  }

  /** How many calls with one answer came. */
  public int calls() {
    return calls;
  }

  /** Longer answers come by page; something happens after each page. */
  public void pages(int instances, Runnable afterEach) {
    instancesInAnAnswer = instances;
    afterALookup = afterEach;
  }

  int instancesInAnAnswer() {
    return instancesInAnAnswer;
  }

  void afterALookup() {
    afterALookup.run();
  }

  /** Every lookup that was answered, page by page. */
  public List<ResolveRequest> lookups() {
    return lookups;
  }

  /** How many watches were asked for. */
  public int watchesCreated() {
    return watchesCreated;
  }

  void watchCreated() {
    watchesCreated++;
  }

  /** Watch streams open to it. */
  public List<FakeWatchStream> watchStreams() {
    return watchStreams;
  }

  /** Keepalive streams open to it. */
  public List<FakeKeepAliveStream> keepAliveStreams() {
    return keepAliveStreams;
  }

  ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(cluster.clusterId())
        .setHistoryId(cluster.historyId())
        .setNodeId(nodeId)
        .setRevision(revision)
        .build();
  }

  ResponseHeader header() {
    return header(appliedRevision);
  }

  long appliedRevision() {
    return appliedRevision;
  }

  List<Instance> instances(String service) {
    return List.copyOf(
        services.getOrDefault(service.toLowerCase(Locale.ROOT), new TreeMap<>()).values());
  }

  Map<String, Map<String, Instance>> services() {
    return new TreeMap<>(services);
  }

  long serviceRevision(String service) {
    return serviceRevisions.getOrDefault(service.toLowerCase(Locale.ROOT), 0L);
  }

  /** The keys as far as it has applied the log, in order. */
  NavigableMap<String, KeyValue> keys() {
    return keys;
  }

  /** What it has applied. */
  List<FakeCluster.Change> applied() {
    return cluster.log().subList(0, appliedCount);
  }

  /** Begins again from what the cluster has: its history changed. */
  void reload() {
    List.copyOf(watchStreams).forEach(FakeWatchStream::historyChanged);
    services.clear();
    serviceRevisions.clear();
    keys.clear();
    appliedCount = 0;
    appliedRevision = 100;
    catchUp();
  }

  /** Applies what the log has more, unless held; one delta each. */
  void catchUp() {
    if (isHeld || server == null) {
      return;
    }
    while (appliedCount < cluster.log().size()) {
      FakeCluster.Change change = cluster.log().get(appliedCount++);
      long before = serviceRevision(change.service());
      Map<String, Instance> instances =
          services.computeIfAbsent(change.service(), it -> new TreeMap<>());
      change.upserts().forEach(it -> instances.put(it.getInstanceId(), it));
      for (RemovedInstance removed : change.removes()) {
        instances.remove(removed.getInstanceId());
      }
      if (!change.service().isEmpty()) {
        serviceRevisions.put(change.service(), change.revision());
      }
      change.deleted().forEach(it -> keys.remove(it.getKey()));
      change.puts().forEach(it -> keys.put(it.getKey(), it));
      appliedRevision = change.revision();
      List.copyOf(watchStreams).forEach(it -> it.applied(change, before));
    }
  }
}
