package dev.rollcall.client.fake;

import com.google.protobuf.ByteString;
import dev.rollcall.v1.ChangedRevision;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.InstanceRemoval;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchChanges;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchProgress;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchedChange;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The CHANGES watches of one stream: services and keys, without filters and previous values. */
public final class FakeChanges {
  private final FakeNode node;
  private final StreamObserver<WatchResponse> out;
  private final Map<Long, CreateWatch> watches = new LinkedHashMap<>();
  private final Map<Long, Long> next = new LinkedHashMap<>();
  private boolean isSplit;

  FakeChanges(FakeNode node, StreamObserver<WatchResponse> out) {
    this.node = node;
    this.out = out;
  }

  /** Every change of a revision comes in a part of its own. */
  public void split(boolean split) {
    isSplit = split;
  }

  void create(CreateWatch create) {
    long start = create.getStartRevision();
    ByteString history = node.cluster().historyId();
    if (start > 0 && create.getHistoryId().isEmpty()) {
      refuse(create, ErrorReason.INVALID_REQUEST);
    } else if (start > 0 && !create.getHistoryId().equals(history)) {
      refuse(create, ErrorReason.HISTORY_CHANGED);
    } else if (start > 0 && start < node.cluster().compactRevision()) {
      refuse(create, ErrorReason.COMPACTED);
    } else if (create.getFilter().equals("broken")) {
      refuse(create, ErrorReason.INVALID_FILTER);
    } else {
      long from = start > 0 ? start : node.appliedRevision() + 1;
      watches.put(create.getWatchId(), create);
      next.put(create.getWatchId(), from);
      out.onNext(
          message(create)
              .setCreated(
                  WatchCreated.newBuilder()
                      .setHeader(node.header())
                      .setStale(node.isStale())
                      .setStartRevision(from))
              .build());
      applied();
    }
  }

  private void refuse(CreateWatch create, ErrorReason reason) {
    out.onNext(
        message(create)
            .setCanceled(
                WatchCanceled.newBuilder()
                    .setReason(reason)
                    .setMessage("test")
                    .setCompactRevision(node.cluster().compactRevision())
                    .setHeader(node.header()))
            .build());
  }

  void cancel(long id) {
    watches.remove(id);
  }

  void historyChanged() {
    List.copyOf(watches.values()).forEach(it -> refuse(it, ErrorReason.HISTORY_CHANGED));
    watches.clear();
  }

  void progress() {
    watches
        .values()
        .forEach(it ->
            out.onNext(
                message(it)
                    .setProgress(WatchProgress.newBuilder().setRevision(node.appliedRevision()))
                    .build()));
  }

  void applied() {
    for (CreateWatch watch : List.copyOf(watches.values())) {
      for (FakeCluster.Change change : node.applied()) {
        if (change.revision() >= next.getOrDefault(watch.getWatchId(), 0L)) {
          next.put(watch.getWatchId(), change.revision() + 1);
          send(watch, change);
        }
      }
    }
  }

  private void send(CreateWatch watch, FakeCluster.Change change) {
    List<WatchedChange> changes = changes(watch, change);
    int size = isSplit ? 1 : changes.size();
    for (int from = 0; from < changes.size(); from += size) {
      int to = from + size;
      out.onNext(
          message(watch)
              .setChanges(
                  WatchChanges.newBuilder()
                      .addRevisions(
                          ChangedRevision.newBuilder()
                              .setRevision(change.revision())
                              .setWallMillis(1_700_000_000_000L)
                              .addAllChanges(changes.subList(from, to))
                              .setMore(to < changes.size())))
              .build());
    }
  }

  private static List<WatchedChange> changes(CreateWatch watch, FakeCluster.Change change) {
    var changes = new ArrayList<WatchedChange>();
    if (FakeWatchStream.isOfKeys(watch)) {
      change.puts().stream()
          .filter(it -> FakeWatchStream.isWatched(watch, it.getKey()))
          .forEach(it -> changes.add(WatchedChange.newBuilder().setKeyPut(it).build()));
      change.deleted().stream()
          .filter(it -> FakeWatchStream.isWatched(watch, it.getKey()))
          .forEach(it -> changes.add(WatchedChange.newBuilder().setKeyDeleted(it).build()));
    } else if (watch.getService().equalsIgnoreCase(change.service())) {
      change.upserts().forEach(it -> changes.add(WatchedChange.newBuilder().setUpsert(it).build()));
      change
          .removes()
          .forEach(it ->
              changes.add(
                  WatchedChange.newBuilder()
                      .setRemoval(
                          InstanceRemoval.newBuilder()
                              .setKey(FakeCluster.key(change.service(), it.getInstanceId()))
                              .setIncarnation(it.getIncarnation())
                              .setCause(it.getCause()))
                      .build()));
    }
    return changes;
  }

  private static WatchResponse.Builder message(CreateWatch watch) {
    return WatchResponse.newBuilder().addWatchIds(watch.getWatchId());
  }
}
