package dev.rollcall.client.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.client.transport.OperationsCodec;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RemovedInstance;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchDeltas;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The client's side of the watch protocol for one service: checks every message against what came
 * before, puts parts together, and tells the listener whole revisions only. Knows no stream and no
 * time; what it cannot go on with it answers with a {@link Verdict}.
 */
final class ServiceWatch {
  /** What the stream's owner has to do after a message. */
  enum Verdict {
    /** Nothing. */
    GO_ON,
    /** This watch is broken: cancel it, and create it anew when the node has confirmed. */
    CANCEL,
    /** This watch is over: create it anew, on the same stream. */
    CREATE,
    /** This node will not do: take the whole stream to another one. */
    LEAVE_NODE
  }

  private enum Phase {
    /** Not on the stream. */
    IDLE,
    /** Asked for, not confirmed. */
    CREATING,
    /** Confirmed, the first snapshot is not complete. */
    LOADING,
    /** The state is complete and followed. */
    FOLLOWING,
    /** Given up, the node has not confirmed it. */
    CANCELING
  }

  private final String namespace;
  private final String service;
  private final WatchListener listener;
  private final Backoff restarts;
  private Phase phase = Phase.IDLE;
  private long watchId;
  private ByteString historyId = ByteString.EMPTY;

  /** Revision of the last snapshot or delta told, and the highest the node vouched for. */
  private long revision;

  private long floor;
  private boolean isNodeStale;
  private boolean isFresh;
  private String trouble = "";
  private long partRevision;
  private final List<ServiceInstance> parts = new ArrayList<>();
  private final List<String> removedParts = new ArrayList<>();

  /** What the parts say of the spec, if they do. */
  private Optional<ServiceSpec> specPart = Optional.empty();

  private boolean hasSpecPart;

  private long activeAtNanos;

  ServiceWatch(String namespace, String service, WatchListener listener, Backoff restarts) {
    this.namespace = namespace;
    this.service = service;
    this.listener = listener;
    this.restarts = restarts;
  }

  /** How long to wait before this watch is created anew. */
  Duration restartDelay() {
    return restarts.next();
  }

  /** Asks for the watch under a new id; no earlier than what was told before. */
  CreateWatch create(long newWatchId, long nowNanos) {
    watchId = newWatchId;
    phase = Phase.CREATING;
    isNodeStale = false;
    activeAtNanos = nowNanos;
    dropParts();
    return CreateWatch.newBuilder()
        .setWatchId(newWatchId)
        .setNamespace(namespace)
        .setService(service)
        .setMode(WatchMode.WATCH_MODE_STATE)
        .setMinRevision(floor)
        .setHistoryId(floor > 0 ? historyId : ByteString.EMPTY)
        .build();
  }

  long watchId() {
    return watchId;
  }

  /** The highest revision everything is told of. */
  long appliedRevision() {
    return floor;
  }

  /** Why the last verdict was not GO_ON; one line. */
  String trouble() {
    return trouble;
  }

  boolean isFollowing() {
    return phase == Phase.FOLLOWING;
  }

  boolean isNodeStale() {
    return isNodeStale;
  }

  /** Whether the node owes us something since that long. */
  boolean isOverdue(long nowNanos, long patienceNanos) {
    return phase != Phase.FOLLOWING
        && phase != Phase.IDLE
        && nowNanos - activeAtNanos > patienceNanos;
  }

  /** The stream is gone. */
  void disconnected(String cause) {
    phase = Phase.IDLE;
    isNodeStale = false;
    dropParts();
    // Also to one that was not fresh: the cause may be another, and it is all there is to tell.
    isFresh = false;
    listener.stale(cause);
  }

  /** Takes the next message of the current watch id. */
  Verdict receive(WatchResponse response, long nowNanos) {
    activeAtNanos = nowNanos;
    if (phase == Phase.CANCELING) {
      return response.hasCanceled() ? Verdict.CREATE : Verdict.GO_ON;
    }
    try {
      Verdict verdict = dispatch(response);
      tellFreshness(trouble);
      return verdict;
    } catch (RegistryException e) {
      return broken("an instance that this client cannot read: " + e.getMessage());
    }
  }

  private Verdict dispatch(WatchResponse response) {
    return switch (response.getResponseCase()) {
      case CREATED -> created(response.getCreated());
      case SNAPSHOT -> snapshot(response.getSnapshot());
      case DELTAS -> deltas(response.getDeltas());
      case PROGRESS -> progress(response.getProgress().getRevision());
      case FRESHNESS -> {
        nodeIsStale(response.getFreshness().getStale());
        yield Verdict.GO_ON;
      }
      case CANCELED -> canceled(response.getCanceled());
      case CHANGES, RESPONSE_NOT_SET -> Verdict.GO_ON; // something a newer server says
    };
  }

  private Verdict progress(long upTo) {
    if (phase == Phase.FOLLOWING && upTo > floor) {
      floor = upTo;
      listener.progressed(floor);
    }
    return Verdict.GO_ON;
  }

  private void nodeIsStale(boolean stale) {
    isNodeStale = stale;
    trouble = stale ? "the node does not hear its leader" : "";
    if (stale && !isFresh) {
      listener.stale(trouble); // nothing new, but perhaps another cause
    }
  }

  private Verdict created(WatchCreated created) {
    if (phase != Phase.CREATING) {
      return broken("the watch was created twice");
    }
    ByteString history = created.getHeader().getHistoryId();
    if (!history.equals(historyId)) {
      forgetHistory();
      historyId = history;
    }
    if (created.getHeader().getRevision() < floor) {
      return leaveNode("the node is behind what was already told");
    }
    phase = Phase.LOADING;
    nodeIsStale(created.getStale());
    return Verdict.GO_ON;
  }

  private Verdict snapshot(WatchSnapshot snapshot) {
    if (phase != Phase.LOADING && phase != Phase.FOLLOWING) {
      return broken("a snapshot before the watch was created");
    }
    if (!removedParts.isEmpty() || (!parts.isEmpty() && snapshot.getRevision() != partRevision)) {
      return broken("a snapshot in between the parts of something else");
    }
    partRevision = snapshot.getRevision();
    parts.addAll(WireCodec.decode(snapshot.getInstancesList()));
    specSays(
        snapshot.hasSpec()
            ? Optional.of(OperationsCodec.decode(snapshot.getSpec()))
            : Optional.empty());
    if (!snapshot.getLast()) {
      return Verdict.GO_ON;
    }
    // A node that never heard of the service says 0, whatever happened before its memory begins;
    // that it is not behind was checked when the watch was created.
    if (partRevision < revision && !(partRevision == 0 && parts.isEmpty())) {
      return leaveNode("a snapshot older than what was already told");
    }
    revision = partRevision;
    floor = Math.max(floor, revision);
    phase = Phase.FOLLOWING;
    List<ServiceInstance> whole = List.copyOf(parts);
    tellSpec();
    dropParts();
    listener.replaced(revision, whole);
    return Verdict.GO_ON;
  }

  private Verdict deltas(WatchDeltas deltas) {
    Verdict verdict = Verdict.GO_ON;
    for (int i = 0; i < deltas.getDeltasCount() && verdict == Verdict.GO_ON; i++) {
      verdict = delta(deltas.getDeltas(i));
    }
    return verdict;
  }

  private Verdict delta(WatchDelta delta) {
    if (phase != Phase.FOLLOWING) {
      return broken("a delta before the snapshot");
    }
    if (delta.getPreviousRevision() != revision || delta.getRevision() <= revision) {
      return broken(
          "a delta from revision "
              + delta.getPreviousRevision()
              + " where "
              + revision
              + " was expected");
    }
    boolean isContinued = !parts.isEmpty() || !removedParts.isEmpty();
    if (isContinued && delta.getRevision() != partRevision) {
      return broken("a delta in between the parts of another");
    }
    partRevision = delta.getRevision();
    for (Instance upsert : delta.getUpsertsList()) {
      parts.add(WireCodec.decode(upsert));
    }
    for (RemovedInstance removed : delta.getRemovesList()) {
      removedParts.add(removed.getInstanceId());
    }
    if (delta.hasSpec()) {
      specSays(Optional.of(OperationsCodec.decode(delta.getSpec())));
    } else if (delta.getSpecRemoved()) {
      specSays(Optional.empty());
    }
    if (delta.getMore()) {
      return Verdict.GO_ON;
    }
    revision = partRevision;
    floor = Math.max(floor, revision);
    List<ServiceInstance> upserts = List.copyOf(parts);
    List<String> removes = List.copyOf(removedParts);
    tellSpec();
    dropParts();
    restarts.reset();
    listener.changed(revision, upserts, removes);
    return Verdict.GO_ON;
  }

  private Verdict canceled(WatchCanceled canceled) {
    ErrorReason reason = canceled.getReason();
    phase = Phase.IDLE;
    dropParts();
    trouble = reason + ": " + canceled.getMessage();
    return switch (reason) {
      case HISTORY_CHANGED -> {
        forgetHistory();
        yield Verdict.CREATE;
      }
      case NOT_READY, NO_QUORUM, TOO_FAR_BEHIND, OVERLOADED -> Verdict.LEAVE_NODE;
      default -> Verdict.CREATE;
    };
  }

  private void forgetHistory() {
    if (!historyId.isEmpty()) {
      listener.historyChanged();
    }
    historyId = ByteString.EMPTY;
    revision = 0;
    floor = 0;
  }

  private Verdict broken(String cause) {
    trouble = cause;
    phase = Phase.CANCELING;
    dropParts();
    tellFreshness(cause);
    return Verdict.CANCEL;
  }

  private Verdict leaveNode(String cause) {
    trouble = cause;
    phase = Phase.IDLE;
    dropParts();
    return Verdict.LEAVE_NODE;
  }

  private void tellFreshness(String cause) {
    boolean isFreshNow = phase == Phase.FOLLOWING && !isNodeStale;
    if (isFreshNow && !isFresh) {
      isFresh = true;
      listener.fresh();
    } else if (!isFreshNow && isFresh) {
      isFresh = false;
      listener.stale(cause);
    }
  }

  private void specSays(Optional<ServiceSpec> spec) {
    specPart = spec;
    hasSpecPart = true;
  }

  private void tellSpec() {
    if (hasSpecPart) {
      listener.specified(specPart);
    }
  }

  private void dropParts() {
    parts.clear();
    removedParts.clear();
    specPart = Optional.empty();
    hasSpecPart = false;
  }
}
