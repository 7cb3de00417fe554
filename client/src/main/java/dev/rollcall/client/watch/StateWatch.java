package dev.rollcall.client.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchDelta;
import dev.rollcall.v1.WatchDeltas;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchSnapshot;

/** A STATE watch: a snapshot, then deltas, each of which begins no later than what is there. */
final class StateWatch extends Watch {
  private final StateParts parts;
  private final StateListener listener;

  /** Revision of the last snapshot or delta told, and the highest the node vouched for. */
  private long revision;

  private long floor;

  /** Whether some parts of {@code partRevision} are there, and more are to come. */
  private boolean isPartial;

  private boolean isPartOfDelta;
  private long partRevision;

  StateWatch(StateParts parts, StateListener listener, Backoff restarts) {
    super(restarts);
    this.parts = parts;
    this.listener = listener;
  }

  @Override
  CreateWatch.Builder request() {
    // No earlier than what was told before.
    CreateWatch.Builder request =
        CreateWatch.newBuilder()
            .setMode(WatchMode.WATCH_MODE_STATE)
            .setMinRevision(floor)
            .setHistoryId(floor > 0 ? historyId : ByteString.EMPTY);
    parts.describe(request);
    return request;
  }

  @Override
  long appliedRevision() {
    return floor;
  }

  @Override
  void dropParts() {
    isPartial = false;
    parts.drop();
  }

  @Override
  void tellFresh() {
    listener.fresh();
  }

  @Override
  void tellStale(String cause) {
    listener.stale(cause);
  }

  @Override
  Verdict dispatch(WatchResponse response) {
    return switch (response.getResponseCase()) {
      case CREATED -> created(response.getCreated());
      case SNAPSHOT -> snapshot(response.getSnapshot());
      case DELTAS -> deltas(response.getDeltas());
      case PROGRESS -> progress(response.getProgress().getRevision());
      case FRESHNESS -> freshness(response.getFreshness().getStale());
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
    return freshness(created.getStale());
  }

  private Verdict snapshot(WatchSnapshot snapshot) {
    if (phase != Phase.LOADING && phase != Phase.FOLLOWING) {
      return broken("a snapshot before the watch was created");
    }
    if (isPartial && (isPartOfDelta || snapshot.getRevision() != partRevision)) {
      return broken("a snapshot in between the parts of something else");
    }
    begin(false, snapshot.getRevision());
    parts.add(snapshot);
    if (!snapshot.getLast()) {
      return Verdict.GO_ON;
    }
    // A node that never heard of the service says 0, whatever happened before its memory begins;
    // that it is not behind was checked when the watch was created.
    if (partRevision < revision && !(partRevision == 0 && parts.isNothing())) {
      return leaveNode("a snapshot older than what was already told");
    }
    isPartial = false;
    revision = partRevision;
    floor = Math.max(floor, revision);
    phase = Phase.FOLLOWING;
    parts.tellReplaced(revision);
    return Verdict.GO_ON;
  }

  private void begin(boolean delta, long ofRevision) {
    isPartial = true;
    isPartOfDelta = delta;
    partRevision = ofRevision;
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
    if (isPartial && (!isPartOfDelta || delta.getRevision() != partRevision)) {
      return broken("a delta in between the parts of something else");
    }
    if (delta.getRevision() <= revision) {
      return Verdict.GO_ON; // the snapshot had it already
    }
    if (delta.getPreviousRevision() > revision) {
      return broken(
          "a delta that follows revision "
              + delta.getPreviousRevision()
              + " where "
              + revision
              + " is what is known");
    }
    begin(true, delta.getRevision());
    parts.add(delta);
    if (delta.getMore()) {
      return Verdict.GO_ON;
    }
    isPartial = false;
    revision = partRevision;
    floor = Math.max(floor, revision);
    gotOn();
    parts.tellChanged(revision);
    return Verdict.GO_ON;
  }

  private Verdict canceled(WatchCanceled canceled) {
    ErrorReason reason = canceled.getReason();
    over(reason + ": " + canceled.getMessage());
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
}
