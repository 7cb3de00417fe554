package dev.rollcall.client.fake;

import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RemoveCause;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchDeltas;
import dev.rollcall.v1.WatchFreshness;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchProgress;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchScope;
import dev.rollcall.v1.WatchSnapshot;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A watch stream as a node sees it, with the means to disturb it. */
public final class FakeWatchStream implements StreamObserver<WatchRequest> {
  private final FakeNode node;
  private final StreamObserver<WatchResponse> out;
  private final Map<Long, CreateWatch> watches = new LinkedHashMap<>();
  private final Map<Long, CreateWatch> waiting = new LinkedHashMap<>();
  private final Map<Long, Long> told = new HashMap<>();
  private final FakeChanges changes;
  private int partSize = Integer.MAX_VALUE;
  private int deltasToLose;
  private long acknowledged;
  private long acknowledgedMicrosAgo;

  FakeWatchStream(FakeNode node, StreamObserver<WatchResponse> out) {
    this.node = node;
    this.out = out;
    this.changes = new FakeChanges(node, out);
  }

  /** Its watches of changes. */
  public FakeChanges changes() {
    return changes;
  }

  /** Snapshots come in parts of so many instances. */
  public void partSize(int instances) {
    partSize = instances;
  }

  /** So many deltas to come are lost, which a client must notice. */
  public void loseDeltas(int count) {
    deltasToLose = count;
  }

  /** The highest revision the client said it has. */
  public long acknowledged() {
    return acknowledged;
  }

  /** How long before it said so the client had it. */
  public long acknowledgedMicrosAgo() {
    return acknowledgedMicrosAgo;
  }

  /** Watches that stand. */
  public int watchCount() {
    return watches.size();
  }

  @Override
  public void onNext(WatchRequest request) {
    if (node.isSilent()) {
      return;
    }
    switch (request.getRequestCase()) {
      case CREATE -> create(request.getCreate());
      case CANCEL -> {
        long id = request.getCancel().getWatchId();
        watches.remove(id);
        waiting.remove(id);
        changes.cancel(id);
        out.onNext(message(id).setCanceled(WatchCanceled.getDefaultInstance()).build());
      }
      case ACK -> {
        acknowledged = request.getAck().getRevision();
        acknowledgedMicrosAgo = request.getAck().getAppliedMicrosAgo();
      }
      case REQUEST_NOT_SET -> throw new IllegalArgumentException("an empty request");
    }
  }

  private void create(CreateWatch create) {
    node.watchCreated();
    if (create.getMode() == WatchMode.WATCH_MODE_CHANGES) {
      changes.create(create);
      return;
    }
    boolean isOfAnotherHistory =
        create.getMinRevision() > 0 && !create.getHistoryId().equals(node.cluster().historyId());
    if (isOfAnotherHistory) {
      cancel(create.getWatchId(), ErrorReason.HISTORY_CHANGED);
    } else if (create.getMinRevision() > node.appliedRevision()) {
      waiting.put(create.getWatchId(), create);
    } else {
      begin(create);
    }
  }

  private void begin(CreateWatch create) {
    long id = create.getWatchId();
    watches.put(id, create);
    WatchCreated.Builder created =
        WatchCreated.newBuilder().setHeader(node.header()).setStale(node.isStale());
    out.onNext(message(id).setCreated(created).build());
    sendSnapshot(id, false);
  }

  private void sendSnapshot(long id, boolean reset) {
    CreateWatch watch = watches.get(id);
    if (watch == null) {
      return;
    }
    if (isOfKeys(watch)) {
      sendKeys(id, watch, reset);
      return;
    }
    List<Instance> all =
        node.instances(watch.getService()).stream().filter(it -> fits(watch, it)).toList();
    long revision = node.serviceRevision(watch.getService());
    told.put(id, revision);
    int from = 0;
    do {
      int to = (int) Math.min(all.size(), (long) from + partSize);
      out.onNext(
          message(id)
              .setSnapshot(
                  WatchSnapshot.newBuilder()
                      .setRevision(revision)
                      .addAllInstances(all.subList(from, to))
                      .setLast(to == all.size())
                      .setReset(reset))
              .build());
      from = to;
    } while (from < all.size());
  }

  /** The one kind of filter it knows: {@code version == ...}. */
  private static boolean fits(CreateWatch watch, Instance instance) {
    return watch.getFilter().isEmpty()
        || watch.getFilter().equals("version == " + instance.getVersion());
  }

  static boolean isOfKeys(CreateWatch watch) {
    return watch.getScope() == WatchScope.WATCH_SCOPE_KEY
        || watch.getScope() == WatchScope.WATCH_SCOPE_KEYS;
  }

  static boolean isWatched(CreateWatch watch, String key) {
    return watch.getScope() == WatchScope.WATCH_SCOPE_KEY
        ? key.equals(watch.getKey())
        : key.startsWith(watch.getKey());
  }

  private void sendKeys(long id, CreateWatch watch, boolean reset) {
    told.put(id, node.appliedRevision());
    out.onNext(
        message(id)
            .setSnapshot(
                WatchSnapshot.newBuilder()
                    .setRevision(node.appliedRevision())
                    .addAllKeys(
                        node.keys().values().stream()
                            .filter(it -> isWatched(watch, it.getKey()))
                            .toList())
                    .setLast(true)
                    .setReset(reset))
            .build());
  }

  /** Brings every watch forward by a fresh snapshot, as for a slow reader. */
  public void reset() {
    List.copyOf(watches.keySet()).forEach(id -> sendSnapshot(id, true));
  }

  /** Ends every watch for that reason; the stream stays. */
  public void cancelAll(ErrorReason reason) {
    for (long id : List.copyOf(watches.keySet())) {
      watches.remove(id);
      cancel(id, reason);
    }
  }

  /** Ends the stream as a node does that stops. */
  public void breakOff() {
    node.watchStreams().remove(this);
    out.onError(Refusals.of(ErrorReason.NOT_READY, "the node stops"));
  }

  /** Says that nothing else happened. */
  public void progress() {
    for (long id : watches.keySet()) {
      out.onNext(
          message(id)
              .setProgress(WatchProgress.newBuilder().setRevision(node.appliedRevision()))
              .build());
    }
    changes.progress();
  }

  void historyChanged() {
    changes.historyChanged();
    cancelAll(ErrorReason.HISTORY_CHANGED);
  }

  void freshnessChanged() {
    watches.keySet().forEach(this::tellFreshness);
  }

  private void tellFreshness(long id) {
    out.onNext(
        message(id).setFreshness(WatchFreshness.newBuilder().setStale(node.isStale())).build());
  }

  void applied(FakeCluster.Change change, long serviceRevisionBefore) {
    if (node.isSilent()) {
      return;
    }
    changes.applied();
    List.copyOf(waiting.values()).stream()
        .filter(create -> create.getMinRevision() <= node.appliedRevision())
        .forEach(create -> {
          waiting.remove(create.getWatchId());
          begin(create);
        });
    watches.forEach((id, watch) -> {
      if (isOfKeys(watch)) {
        sendKeysDelta(id, watch, change);
        return;
      }
      boolean isConcerned =
          watch.getService().equalsIgnoreCase(change.service())
              && told.getOrDefault(id, 0L) < change.revision();
      if (isConcerned) {
        told.put(id, change.revision());
        sendDelta(id, watch, change, serviceRevisionBefore);
      }
    });
  }

  private void sendKeysDelta(long id, CreateWatch watch, FakeCluster.Change change) {
    WatchDelta.Builder delta =
        WatchDelta.newBuilder()
            .setPreviousRevision(told.getOrDefault(id, 0L))
            .setRevision(change.revision());
    change.puts().stream().filter(it -> isWatched(watch, it.getKey())).forEach(delta::addKeysPut);
    change.deleted().stream()
        .filter(it -> isWatched(watch, it.getKey()))
        .forEach(delta::addKeysDeleted);
    if (delta.getKeysPutCount() + delta.getKeysDeletedCount() > 0) {
      told.put(id, change.revision());
      out.onNext(message(id).setDeltas(WatchDeltas.newBuilder().addDeltas(delta)).build());
    }
  }

  private void sendDelta(long id, CreateWatch watch, FakeCluster.Change change, long before) {
    if (deltasToLose > 0) {
      deltasToLose--;
      return;
    }
    List<RemovedInstance> removes = new ArrayList<>(change.removes());
    change.upserts().stream()
        .filter(it -> !fits(watch, it))
        .forEach(it ->
            removes.add(
                RemovedInstance.newBuilder()
                    .setInstanceId(it.getInstanceId())
                    .setCause(RemoveCause.REMOVE_CAUSE_FILTERED)
                    .build()));
    out.onNext(
        message(id)
            .setDeltas(
                WatchDeltas.newBuilder()
                    .addDeltas(
                        WatchDelta.newBuilder()
                            .setPreviousRevision(before)
                            .setRevision(change.revision())
                            .addAllUpserts(
                                change.upserts().stream().filter(it -> fits(watch, it)).toList())
                            .addAllRemoves(removes)))
            .build());
  }

  /** Sends something of the test's making to the first watch. */
  public void send(WatchResponse.Builder response) {
    out.onNext(response.clearWatchIds().addWatchIds(watches.keySet().iterator().next()).build());
  }

  private void cancel(long id, ErrorReason reason) {
    out.onNext(
        message(id)
            .setCanceled(WatchCanceled.newBuilder().setReason(reason).setMessage("test"))
            .build());
  }

  private static WatchResponse.Builder message(long id) {
    return WatchResponse.newBuilder().addWatchIds(id);
  }

  @Override
  public void onError(Throwable failure) {
    node.watchStreams().remove(this);
  }

  @Override
  public void onCompleted() {
    node.watchStreams().remove(this);
    out.onCompleted();
  }
}
