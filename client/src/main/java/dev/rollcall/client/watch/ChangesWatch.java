package dev.rollcall.client.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.changes.Change;
import dev.rollcall.client.changes.ChangeGap;
import dev.rollcall.client.changes.ChangeGap.Kind;
import dev.rollcall.client.changes.RevisionChanges;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.ChangedRevision;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.WatchCanceled;
import dev.rollcall.v1.WatchChanges;
import dev.rollcall.v1.WatchCreated;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchResponse;
import dev.rollcall.v1.WatchedChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A CHANGES watch: every revision from one on, whole, once, in order. */
final class ChangesWatch extends Watch {
  /** Parts of one revision held at most: 1,000 instances of 64 KiB with what was before. */
  private static final int REVISION_BYTES_MAX = 128 << 20;

  private final CreateWatch template;
  private final ChangesListener listener;

  /** The first revision that was not told yet; 0 means from now on. */
  private long next;

  private final List<Change> parts = new ArrayList<>();
  private long partRevision;
  private int partBytes;

  /**
   * Not on a stream yet.
   *
   * @param template what is watched, from where, and of which history
   */
  ChangesWatch(CreateWatch template, ChangesListener listener, Backoff restarts) {
    super(restarts);
    this.template = template;
    this.listener = listener;
    next = template.getStartRevision();
    historyId = template.getHistoryId();
  }

  @Override
  CreateWatch.Builder request() {
    // A revision means something in its history only: without one, the node is asked for its own.
    boolean isKnown = next > 0 && !historyId.isEmpty();
    return template.toBuilder()
        .setMode(WatchMode.WATCH_MODE_CHANGES)
        .setStartRevision(isKnown ? next : 0)
        .setHistoryId(isKnown ? historyId : ByteString.EMPTY);
  }

  @Override
  long appliedRevision() {
    return listener.appliedRevision();
  }

  @Override
  boolean isFull() {
    return listener.isFull() && parts.isEmpty();
  }

  @Override
  void dropParts() {
    parts.clear();
    partRevision = 0;
    partBytes = 0;
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
      case CHANGES -> changes(response.getChanges());
      case PROGRESS -> progress(response.getProgress().getRevision());
      case FRESHNESS -> freshness(response.getFreshness().getStale());
      case CANCELED -> canceled(response.getCanceled());
      case SNAPSHOT, DELTAS, RESPONSE_NOT_SET -> Verdict.GO_ON; // something a newer server says
    };
  }

  private Verdict created(WatchCreated created) {
    if (phase != Phase.CREATING) {
      return broken("the watch was created twice");
    }
    boolean wasKnown = !historyId.isEmpty();
    ByteString history = created.getHeader().getHistoryId();
    if (wasKnown && next > 0 && !history.equals(historyId)) {
      return broken("a watch of another history than was asked for");
    }
    historyId = history;
    if (next > 0 && !wasKnown) {
      return broken("the history is known now, to which the start belongs");
    }
    if (next > 0 && created.getStartRevision() != next) {
      return broken("a watch from another revision than was asked for");
    }
    next = created.getStartRevision();
    phase = Phase.FOLLOWING;
    listener.begun(next, WireCodec.hex(historyId));
    return freshness(created.getStale());
  }

  private Verdict changes(WatchChanges changes) {
    Verdict verdict = Verdict.GO_ON;
    for (int i = 0; i < changes.getRevisionsCount() && verdict == Verdict.GO_ON; i++) {
      verdict = revision(changes.getRevisions(i));
    }
    return verdict;
  }

  private Verdict revision(ChangedRevision message) {
    if (phase != Phase.FOLLOWING) {
      return broken("changes before the watch was created");
    }
    if (partRevision != 0 && message.getRevision() != partRevision) {
      return broken("a revision in between the parts of another");
    }
    if (message.getRevision() < next) {
      return Verdict.GO_ON; // known
    }
    partRevision = message.getRevision();
    partBytes += message.getSerializedSize();
    if (partBytes > REVISION_BYTES_MAX) {
      over("a revision that is larger than this client takes");
      listener.refused(new RegistryException.Refused(Reason.REQUEST_TOO_LARGE, trouble(), 0, null));
      return Verdict.END;
    }
    for (WatchedChange change : message.getChangesList()) {
      ChangeCodec.decode(change).ifPresent(parts::add);
    }
    if (message.getMore()) {
      return Verdict.GO_ON;
    }
    var whole =
        new RevisionChanges(
            partRevision, Instant.ofEpochMilli(message.getWallMillis()), List.copyOf(parts));
    int bytes = partBytes;
    next = partRevision + 1;
    dropParts();
    gotOn();
    listener.changed(whole, bytes);
    return Verdict.GO_ON;
  }

  private Verdict progress(long upTo) {
    if (partRevision != 0) {
      return broken("progress in between the parts of a revision");
    }
    if (phase == Phase.FOLLOWING && upTo >= next) {
      next = upTo + 1;
      listener.progressed(upTo);
    }
    return Verdict.GO_ON;
  }

  private Verdict canceled(WatchCanceled canceled) {
    over(canceled.getReason() + ": " + canceled.getMessage());
    return switch (canceled.getReason()) {
      case COMPACTED -> gap(Kind.COMPACTED, canceled, canceled.getCompactRevision());
      case HISTORY_CHANGED ->
          gap(Kind.HISTORY_CHANGED, canceled, canceled.getHeader().getRevision() + 1);
      case NOT_READY, NO_QUORUM, TOO_FAR_BEHIND, OVERLOADED, TOO_MANY_WATCHES -> Verdict.LEAVE_NODE;
      case ERROR_REASON_UNSPECIFIED -> Verdict.CREATE;
      default -> {
        Reason reason = Reason.named(canceled.getReason().name());
        listener.refused(new RegistryException.InvalidRequest(reason, trouble()));
        yield Verdict.END;
      }
    };
  }

  private Verdict gap(Kind kind, WatchCanceled canceled, long resumeRevision) {
    String history = WireCodec.hex(canceled.getHeader().getHistoryId());
    listener.gap(
        new ChangeGap(kind, next, resumeRevision, canceled.getHeader().getRevision(), history));
    return Verdict.END;
  }
}
