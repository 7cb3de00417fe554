package dev.rollcall.client.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.transport.Backoff;
import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.WatchResponse;
import java.time.Duration;

/**
 * The client's side of the watch protocol for one watch: checks every message against what came
 * before and tells whole revisions only. Knows no stream and no time; what it cannot go on with it
 * answers with a {@link Verdict}.
 */
abstract class Watch {
  /** What the stream's owner has to do after a message. */
  enum Verdict {
    /** Nothing. */
    GO_ON,
    /** This watch is broken: cancel it, and create it anew when the node has confirmed. */
    CANCEL,
    /** This watch is over: create it anew, on the same stream. */
    CREATE,
    /** This node will not do: take the whole stream to another one. */
    LEAVE_NODE,
    /** This watch is over, and has said so: let go of it. */
    END
  }

  /** How far the watch has come. */
  enum Phase {
    /** Not on the stream. */
    IDLE,
    /** Asked for, not confirmed. */
    CREATING,
    /** Confirmed, the first snapshot is not complete. */
    LOADING,
    /** Everything that it begins with is there, and it is followed. */
    FOLLOWING,
    /** Given up, the node has not confirmed it. */
    CANCELING
  }

  private final Backoff restarts;
  Phase phase = Phase.IDLE;
  ByteString historyId = ByteString.EMPTY;
  private long watchId;
  private boolean isNodeStale;
  private boolean isFresh;
  private String trouble = "";
  private long activeAtNanos;

  Watch(Backoff restarts) {
    this.restarts = restarts;
  }

  /** How long to wait before this watch is created anew. */
  final Duration restartDelay() {
    return restarts.next();
  }

  /** It got on: the next failure is the first of a series. */
  final void gotOn() {
    restarts.reset();
  }

  /** Asks for the watch under a new id, to go on where it stands. */
  final CreateWatch create(long newWatchId, long nowNanos) {
    watchId = newWatchId;
    phase = Phase.CREATING;
    isNodeStale = false;
    activeAtNanos = nowNanos;
    dropParts();
    return request().setWatchId(newWatchId).build();
  }

  /** What to ask for, but for the id. */
  abstract CreateWatch.Builder request();

  /** Forgets what came of a revision or a snapshot that is not complete. */
  abstract void dropParts();

  final long watchId() {
    return watchId;
  }

  /** The highest revision everything is told of. */
  abstract long appliedRevision();

  /** Whether so much waits for the listener that no more is to be taken from the node. */
  boolean isFull() {
    return false;
  }

  /** Why the last verdict was not GO_ON; one line. */
  final String trouble() {
    return trouble;
  }

  final boolean isFollowing() {
    return phase == Phase.FOLLOWING;
  }

  final boolean isNodeStale() {
    return isNodeStale;
  }

  /** Whether the node owes us something since that long. */
  final boolean isOverdue(long nowNanos, long patienceNanos) {
    return phase != Phase.FOLLOWING
        && phase != Phase.IDLE
        && nowNanos - activeAtNanos > patienceNanos;
  }

  /** The stream is gone. */
  final void disconnected(String cause) {
    phase = Phase.IDLE;
    isNodeStale = false;
    dropParts();
    // Also to one that was not fresh: the cause may be another, and it is all there is to tell.
    isFresh = false;
    tellStale(cause);
  }

  /** What was told is up to date, as far as a node can know that hears its leader. */
  abstract void tellFresh();

  /** What was told may be out of date from now on. */
  abstract void tellStale(String cause);

  /** Takes the next message of the current watch id. */
  final Verdict receive(WatchResponse response, long nowNanos) {
    activeAtNanos = nowNanos;
    if (phase == Phase.CANCELING) {
      return response.hasCanceled() ? Verdict.CREATE : Verdict.GO_ON;
    }
    try {
      Verdict verdict = dispatch(response);
      tellFreshness(trouble);
      return verdict;
    } catch (RegistryException e) {
      return broken("something that this client cannot read: " + e.getMessage());
    }
  }

  abstract Verdict dispatch(WatchResponse response);

  /** Says whether what was told is up to date, when that has changed. */
  private void tellFreshness(String cause) {
    boolean isFreshNow = phase == Phase.FOLLOWING && !isNodeStale;
    if (isFreshNow && !isFresh) {
      isFresh = true;
      tellFresh();
    } else if (!isFreshNow && isFresh) {
      isFresh = false;
      tellStale(cause);
    }
  }

  final Verdict freshness(boolean stale) {
    isNodeStale = stale;
    trouble = stale ? "the node does not hear its leader" : "";
    if (stale && !isFresh) {
      tellStale(trouble); // nothing new, but perhaps another cause
    }
    return Verdict.GO_ON;
  }

  final Verdict broken(String cause) {
    trouble = cause;
    phase = Phase.CANCELING;
    dropParts();
    tellFreshness(cause);
    return Verdict.CANCEL;
  }

  final Verdict leaveNode(String cause) {
    over(cause);
    return Verdict.LEAVE_NODE;
  }

  /** Not on the stream any more. */
  final void over(String cause) {
    trouble = cause;
    phase = Phase.IDLE;
    dropParts();
  }
}
